import Foundation

/// How a corrected copy is laid out in one of the formats.
protocol CopyFormat {
  var pictureFolder: String { get }
  /// Writes a picture's annotations, or keeps them until the split is finished.
  ///
  /// - Parameter name: the picture's path below ``pictureFolder``.
  mutating func add(
    _ picture: WrittenSplit.Picture, _ name: String, _ correction: PictureCorrection) throws
  /// Writes what a split has in one piece.
  ///
  /// - Returns: what the description says of the split.
  mutating func finish(_ split: DataDescription.Split, _ names: [String]) throws -> String
}

struct YOLOCopy: CopyFormat {
  let root: String

  var pictureFolder: String { root + "/images" }

  func add(
    _ picture: WrittenSplit.Picture, _ name: String, _ correction: PictureCorrection
  ) throws {
    guard let file = picture.annotations else { return }
    let changes = Dictionary(
      correction.changes.map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
    var lines: [String] = []
    for (index, line) in Paths.lines(of: try Paths.text(at: file, what: "label file")).enumerated()
    {
      guard let change = changes[index] else {
        lines.append(String(line))
        continue
      }
      let words = line.split(whereSeparator: \.isWhitespace)
      if let box = change.box { lines.append(text(words, box, correction)) }
    }
    try OutputFile.write(
      lines.joined(separator: "\n"), to: YOLOReader.labelFile(of: "\(pictureFolder)/\(name)"))
  }

  /// A polygon stays one: its points go to the picture's edge.
  private func text(
    _ words: [Substring], _ box: Annotation.Written, _ correction: PictureCorrection
  ) -> String {
    let label = words.first ?? "0"
    if words.count > 5 {
      let points = words.dropFirst().map { word in
        guard let value = Double(word), !(0...1).contains(value) else { return String(word) }
        return value < 0 ? "0" : "1"
      }
      return "\(label) " + points.joined(separator: " ")
    }
    let (width, height) = (Double(correction.width), Double(correction.height))
    let shares = [
      (box.x + box.width / 2) / width, (box.y + box.height / 2) / height, box.width / width,
      box.height / height,
    ]
    return "\(label) " + shares.map { String(format: "%.8f", $0) }.joined(separator: " ")
  }

  func finish(_ split: DataDescription.Split, _ names: [String]) throws -> String {
    try OutputFile.write(
      names.map { "./images/\($0)\n" }.joined(), to: "\(root)/\(split).txt")
    return "\(split).txt"
  }
}

struct COCOCopy: CopyFormat {
  let root: String
  private var source: String?
  /// By position in the source's lists.
  private var images: [Int: (name: String, size: (width: Int, height: Int)?)] = [:]
  private var changes: [Int: PictureCorrection.Change] = [:]

  init(root: String) { self.root = root }

  var pictureFolder: String { root + "/images" }

  mutating func add(
    _ picture: WrittenSplit.Picture, _ name: String, _ correction: PictureCorrection
  ) throws {
    source = picture.annotations
    images[picture.position] = (name, correction.size)
    for change in correction.changes { changes[change.position] = change }
  }

  mutating func finish(_ split: DataDescription.Split, _ names: [String]) throws -> String {
    let source = source ?? ""
    defer { (images, changes) = ([:], [:]) }
    guard let bytes = FileManager.default.contents(atPath: source),
      var file = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any]
    else { throw DatasetError.unreadableFile(path: source) }
    let kept = (file["images"] as? [Any] ?? []).enumerated()
      .compactMap { position, entry in
        (entry as? [String: Any]).flatMap { corrected(position, $0) }
      }
    let ids = Set(kept.compactMap { $0["id"] as? Int })
    file["images"] = kept
    // Entries that are no objects are among the changes.
    file["annotations"] = (file["annotations"] as? [Any] ?? []).enumerated()
      .compactMap { position, entry in
        (entry as? [String: Any]).flatMap { corrected(position, $0, of: ids) }
      }
    let name = "annotations/instances_\(split).json"
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: file, options: options),
      let text = String(bytes: data, encoding: .utf8)
    else { preconditionFailure("annotations that were read do not encode") }
    try OutputFile.write(text + "\n", to: "\(root)/\(name)")
    return "{images: images, annotations: \(name)}"
  }

  private func corrected(_ position: Int, _ image: [String: Any]) -> [String: Any]? {
    guard let known = images[position] else { return nil }
    var image = image
    image["file_name"] = known.name
    if let size = known.size { (image["width"], image["height"]) = (size.width, size.height) }
    return image
  }

  private func corrected(
    _ position: Int, _ annotation: [String: Any], of images: Set<Int>
  ) -> [String: Any]? {
    guard let id = annotation["image_id"] as? Int, images.contains(id) else { return nil }
    guard let change = changes[position] else { return annotation }
    guard let box = change.box else { return nil }
    var annotation = annotation
    annotation["bbox"] = [box.x, box.y, box.width, box.height]
    // The area of a mask stays the mask's.
    if annotation["segmentation"] == nil { annotation["area"] = box.width * box.height }
    return annotation
  }
}
