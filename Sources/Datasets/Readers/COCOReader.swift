import Foundation

/// Reads a COCO instances file. Category ids become classes 0, 1, 2, … in their order.
struct COCOReader {
  let images: String
  let annotations: String
  /// From a description; must be the file's own.
  let names: [String]?

  func read(_ notes: [String]) throws -> Dataset {
    let file = try decode()
    let categories = file.categories.sorted { $0.id < $1.id }
    let classNames = categories.map(\.name)
    if let names, names != classNames {
      throw DatasetError.classesDiffer(file: annotations, names: classNames, expected: names)
    }
    guard !classNames.isEmpty else { throw DatasetError.missingNames(file: annotations) }
    var builder = DatasetBuilder(source: annotations)
    for note in notes { builder.report.note(.description, note) }
    try add(file, categories.map(\.id), to: &builder)
    return try builder.build(classNames: classNames, categoryIDs: categories.map(\.id))
  }

  private func add(_ file: COCOFile, _ categoryIDs: [Int], to builder: inout DatasetBuilder) throws
  {
    let classes = Dictionary(uniqueKeysWithValues: zip(categoryIDs, categoryIDs.indices))
    let positions = Dictionary(
      uniqueKeysWithValues: zip(file.images.map(\.id), file.images.indices))
    var objects: [[Int]] = Array(repeating: [], count: file.images.count)
    for (index, object) in file.annotations.enumerated() {
      guard let position = positions[object.imageID] else {
        throw DatasetError.unknownReference(
          key: "image_id", id: object.imageID, file: annotations)
      }
      objects[position].append(index)
    }
    var missing = MissingPictures()
    for (image, indices) in zip(file.images, objects) {
      let path = Paths.resolve(image.fileName, in: images)
      if !Paths.exists(path) { missing.add(path) }
      builder.beginSample(
        path: path, width: image.width, height: image.height, imageID: image.id)
      for index in indices {
        try add(file.annotations[index], index, classes, to: &builder)
      }
      builder.endSample()
    }
    try missing.check(of: file.images.count, neededBy: annotations)
  }

  private func add(
    _ object: COCOFile.Object, _ index: Int, _ classes: [Int: Int], to builder: inout DatasetBuilder
  ) throws {
    guard let classIndex = classes[object.categoryID] else {
      throw DatasetError.unknownReference(
        key: "category_id", id: object.categoryID, file: annotations)
    }
    let place = "annotation \(object.id.map(String.init) ?? "at position \(index)")"
    guard object.bbox.count == 4 else {
      throw DatasetError.malformedJSON(
        file: annotations, problem: "bbox of \(place) needs x, y, width and height")
    }
    builder.add(
      .init(
        x: object.bbox[0], y: object.bbox[1], width: object.bbox[2], height: object.bbox[3]),
      classIndex: classIndex, isCrowd: object.iscrowd == 1, area: object.area,
      at: .init(file: "\(annotations), \(place)", line: nil))
  }

  private func decode() throws -> COCOFile {
    guard Paths.exists(annotations) else {
      throw DatasetError.notFound(what: "COCO annotation file", path: annotations)
    }
    guard Paths.isFolder(images) else {
      throw DatasetError.notFound(what: "folder of pictures", path: images)
    }
    guard let data = FileManager.default.contents(atPath: annotations) else {
      throw DatasetError.unreadableFile(path: annotations)
    }
    let file: COCOFile
    do { file = try JSONDecoder().decode(COCOFile.self, from: data) } catch {
      throw DatasetError.malformedJSON(file: annotations, problem: Self.problem(error))
    }
    guard !file.images.isEmpty else { throw DatasetError.emptyList(path: annotations) }
    // Wider than this no picture can be decoded.
    let sides = 1...(1 << 24)
    for image in file.images
    where !sides.contains(image.width) || !sides.contains(image.height) {
      throw DatasetError.malformedJSON(
        file: annotations,
        problem: "image \(image.id) is said to be of \(image.width)×\(image.height) pixels")
    }
    try requireDistinct(file.images.map(\.id), "image")
    try requireDistinct(file.categories.map(\.id), "category")
    return file
  }

  private func requireDistinct(_ ids: [Int], _ what: String) throws {
    var seen: Set<Int> = []
    for id in ids where !seen.insert(id).inserted {
      throw DatasetError.malformedJSON(
        file: annotations, problem: "\(what) id \(id) stands here twice, ids must differ")
    }
  }

  /// A sentence for a decoding error, with the path of keys that leads to it.
  private static func problem(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      return "\(place(context.codingPath)) lacks '\(key.stringValue)', which COCO instances have"
    case DecodingError.typeMismatch(let type, let context),
      DecodingError.valueNotFound(let type, let context):
      return "\(place(context.codingPath)) is not of type \(type)"
    default:
      return "is not JSON"
    }
  }
}
