import Foundation
import Images

/// Reads a split in YOLO's format: a text file for each picture, a line `class cx cy width height`
/// for each object, in shares of the picture's sides.
///
/// A picture `…/images/a/b.jpg` has its labels in `…/labels/a/b.txt`; without a folder `images` in
/// the path they lie beside it. A line with more numbers is a polygon `class x y x y …`, read as the
/// box around it.
struct YOLOReader {
  let description: DataDescription
  let lists: [String]

  func read(into builder: inout DatasetBuilder) throws -> DatasetClasses {
    let names = description.names ?? []
    for file in lists.filter(Paths.isFolder).flatMap(Paths.files(under:))
    where !Paths.isPicture(file) && Paths.fileExtension(file) != "txt" {
      builder.note(.noPicture, at: .init(file: file))
    }
    for picture in try lists.flatMap(pictures(of:)) {
      guard Paths.exists(picture) else {
        builder.lack(picture)
        continue
      }
      let labels = Self.labelFile(of: picture)
      let hasLabels = Paths.exists(labels)
      guard
        let size = builder.beginProbedSample(path: picture, annotations: hasLabels ? labels : nil)
      else { continue }
      if hasLabels {
        try readLabels(labels, size: size, classCount: names.count, &builder)
      } else {
        builder.note(.noLabelFile, at: .init(file: picture))
      }
      builder.endSample()
    }
    return DatasetClasses(names: names)
  }

  /// The last folder named `images` becomes `labels`, the extension `txt`.
  static func labelFile(of picture: String) -> String {
    var parts = Paths.withoutExtension(picture).split(
      separator: "/", omittingEmptySubsequences: false)
    if let index = parts.dropLast().lastIndex(of: "images") { parts[index] = "labels" }
    return parts.joined(separator: "/") + ".txt"
  }

  private func pictures(of list: String) throws -> [String] {
    guard Paths.exists(list) else {
      throw DatasetError.notFound(what: "a split of \(description.file)", path: list)
    }
    if Paths.isFolder(list) {
      let found = Paths.pictures(under: list)
      guard !found.isEmpty else { throw DatasetError.emptyList(path: list) }
      return found
    }
    // Ultralytics sees "./" from the list's folder; anything else from the data's folder.
    return try PictureList(file: list, what: "list of pictures").entries.map {
      let folder = $0.text.hasPrefix("./") ? Paths.folder(of: list) : description.root
      return Paths.resolve($0.text, in: folder)
    }
  }

  private func readLabels(
    _ file: String, size: PictureInfo, classCount: Int, _ builder: inout DatasetBuilder
  ) throws {
    guard let text = try text(of: file, &builder) else { return }
    for (index, line) in Paths.lines(of: text).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      let place = DatasetBuilder.Place(file: file, mark: .line(index + 1), position: index)
      do {
        let label = try parse(words, classCount, file: file, line: index + 1)
        if words.count > 5 { builder.note(.polygon, at: place) }
        let (width, height) = (Double(size.width), Double(size.height))
        builder.add(
          .init(
            x: label.left * width, y: label.top * height,
            width: label.width * width, height: label.height * height),
          classIndex: label.classIndex, at: place)
      } catch let error {
        try builder.refuse(error, as: error.labelKind, at: place, isEntry: true)
      }
    }
  }

  private func text(of file: String, _ builder: inout DatasetBuilder) throws -> String? {
    do { return try Paths.text(at: file, what: "label file") } catch let error as DatasetError {
      try builder.refuse(error, as: .brokenAnnotations, at: .init(file: file), isEntry: true)
      return nil
    }
  }

  private func parse(
    _ words: [Substring], _ classCount: Int, file: String, line: Int
  ) throws(DatasetError) -> (
    classIndex: Int, left: Double, top: Double, width: Double, height: Double
  ) {
    let numbers = words.compactMap { Double($0) }
    let isPolygon = words.count >= 7 && words.count % 2 == 1
    // Shares may overshoot the picture a little, never double it: those are pixels.
    guard numbers.count == words.count, words.count == 5 || isPolygon,
      let index = Int(exactly: numbers[0]), numbers.dropFirst().allSatisfy({ abs($0) <= 2 })
    else {
      throw DatasetError.malformedLabel(
        file: file, line: line, text: words.joined(separator: " "),
        expected: "'class cx cy width height' with shares of the picture's sides from 0 to 1")
    }
    guard (0..<classCount).contains(index) else {
      throw DatasetError.classOutOfRange(index: index, file: file, line: line, count: classCount)
    }
    if !isPolygon {
      return (
        index, numbers[1] - numbers[3] / 2, numbers[2] - numbers[4] / 2, numbers[3], numbers[4]
      )
    }
    let xs = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
    let ys = stride(from: 2, to: numbers.count, by: 2).map { numbers[$0] }
    let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
    return (index, left, top, (xs.max() ?? 0) - left, (ys.max() ?? 0) - top)
  }
}

extension DatasetError {
  /// What a check calls an error in a label.
  fileprivate var labelKind: CheckFinding.Kind {
    if case .classOutOfRange = self { return .unknownClass }
    return .malformedLabel
  }
}
