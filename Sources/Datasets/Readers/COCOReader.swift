import Foundation

/// Reads a COCO instances file. Category ids become classes 0, 1, 2, … in their order.
struct COCOReader {
  let images: String
  let annotations: String
  /// From a description; must be the file's own.
  let names: [String]?

  func read(into builder: inout DatasetBuilder) throws -> DatasetClasses {
    let file = try decode()
    let categories = file.categories.sorted { $0.id < $1.id }
    let classNames = categories.map(\.name)
    if let names, names != classNames {
      let error = DatasetError.classesDiffer(
        file: annotations, names: classNames, expected: names)
      try builder.refuse(error, as: .classOrder, at: .init(file: annotations))
    }
    guard !classNames.isEmpty else { throw DatasetError.missingNames(file: annotations) }
    try add(file, categories.map(\.id), to: &builder)
    return DatasetClasses(names: classNames, categoryIDs: categories.map(\.id))
  }

  private func add(_ file: COCOFile, _ categoryIDs: [Int], to builder: inout DatasetBuilder) throws
  {
    let classes = Dictionary(uniqueKeysWithValues: zip(categoryIDs, categoryIDs.indices))
    let positions = Dictionary(
      uniqueKeysWithValues: zip(file.images.map(\.id), file.images.indices))
    var objects: [[Int]] = Array(repeating: [], count: file.images.count)
    for (index, object) in file.annotations.enumerated() {
      guard let position = positions[object.imageID] else {
        let error = DatasetError.unknownReference(
          key: "image_id", id: object.imageID, file: annotations)
        try builder.refuse(error, as: .malformedLabel, at: place(object, index))
        continue
      }
      objects[position].append(index)
    }
    for (position, image) in file.images.enumerated() {
      let path = Paths.resolve(image.fileName, in: images)
      guard Paths.exists(path) else {
        builder.lack(path)
        continue
      }
      builder.beginSample(
        path: path, annotations: annotations, width: image.width, height: image.height,
        imageID: image.id, position: position)
      for index in objects[position] {
        try add(file.annotations[index], index, classes, to: &builder)
      }
      builder.endSample()
    }
  }

  private func add(
    _ object: COCOFile.Object, _ index: Int, _ classes: [Int: Int], to builder: inout DatasetBuilder
  ) throws {
    let place = place(object, index)
    guard let classIndex = classes[object.categoryID] else {
      let error = DatasetError.unknownReference(
        key: "category_id", id: object.categoryID, file: annotations)
      return try builder.refuse(error, as: .unknownClass, at: place, isEntry: true)
    }
    guard object.bbox.count == 4 else {
      let error = DatasetError.malformedJSON(
        file: annotations,
        problem: "bbox of\(place.mark.text.dropFirst()) needs x, y, width and height")
      return try builder.refuse(error, as: .malformedLabel, at: place, isEntry: true)
    }
    builder.add(
      .init(
        x: object.bbox[0], y: object.bbox[1], width: object.bbox[2], height: object.bbox[3]),
      classIndex: classIndex, isCrowd: object.iscrowd == 1, area: object.area, at: place)
  }

  private func place(_ object: COCOFile.Object, _ index: Int) -> DatasetBuilder.Place {
    .init(
      file: annotations, mark: object.id.map(AnnotationMark.annotation) ?? .position(index),
      position: index)
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
