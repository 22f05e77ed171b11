import Foundation

extension DataDescription {
  /// Recognises what lies in a folder: a description, VOC, COCO, CSV or YOLO, looked for in this
  /// order.
  static func recognize(folder: String) throws -> DataDescription {
    let descriptions = try Paths.names(in: folder).filter { name in
      guard ["yaml", "yml"].contains(Paths.fileExtension(name)) else { return false }
      let text = try Paths.text(at: folder + "/" + name, what: "data description")
      let keys = Paths.lines(of: text).map { $0.prefix { $0 != ":" } }
      return keys.contains("train") || keys.contains("val")
    }
    if let first = descriptions.first {
      var description = try load(folder + "/" + first)
      if descriptions.count > 1 {
        description.notes.append(
          "\(folder) holds \(descriptions.joined(separator: " and ")), of which \(first) was "
            + "taken; name the file to have another")
      }
      return description
    }
    if let found = voc(folder) ?? coco(folder) ?? csv(folder) { return found }
    if let found = try yolo(folder) { return found }
    throw DatasetError.unrecognizedFormat(path: folder)
  }

  /// One annotation file, and the file of another split whose name differs in the split's name.
  static func recognize(
    annotations path: String, format: Format
  ) throws -> DataDescription {
    let folder = Paths.folder(of: path)
    var description = DataDescription(
      file: path, format: format, root: folder, splits: [:])
    let name = Paths.fileName(of: path)
    for split in Split.allCases {
      let siblings = Split.allCases.map {
        name.replacingOccurrences(of: $0.rawValue, with: split.rawValue)
      }
      let present = siblings.filter { Paths.exists(folder + "/" + $0) }
      guard let sibling = present.first(where: { $0.contains(split.rawValue) }) else { continue }
      let file = folder + "/" + sibling
      description.splits[split] = source(of: file, format)
    }
    if let train = description.splits[.train], description.splits[.val] == train {
      description.notes.append("\(name) serves both train and val")
    }
    if description.splits.isEmpty {
      let source = source(of: path, format)
      description.splits = [.train: source, .val: source]
      description.notes.append(
        "\(name) names no split (train, val or test); it is taken for both train and val")
    }
    return description
  }

  private static func source(of file: String, _ format: Format) -> Source {
    format == .csv
      ? .lists([file]) : .coco(images: imageFolder(of: file), annotations: file)
  }

  /// The folder that holds the pictures of a COCO file: `instances_NAME.json` beside or below
  /// `NAME`, or `images`, or the file's own folder.
  private static func imageFolder(of annotations: String) -> String {
    let folder = Paths.folder(of: annotations)
    let stem = Paths.withoutExtension(Paths.fileName(of: annotations))
    let name = stem.split(separator: "_").last.map(String.init) ?? stem
    let places = [
      "../\(name)", "../images/\(name)", name, "images/\(name)", "../images", "images",
    ].map { Paths.resolve($0, in: folder) }
    return places.first { Paths.isFolder($0) } ?? folder
  }

  private static func coco(_ folder: String) -> DataDescription? {
    for place in [folder + "/annotations", folder] {
      let files = Paths.names(in: place).filter { Paths.fileExtension($0) == "json" }
      let preferred =
        files.first { $0.hasPrefix("instances_") }
        ?? files.first { namesAnnotations(place + "/" + $0) }
      if let preferred,
        var found = try? recognize(annotations: place + "/" + preferred, format: .coco)
      {
        (found.file, found.root) = (folder, folder)
        return found
      }
    }
    return nil
  }

  /// `train.csv` and so on, told from other tables by their headings.
  private static func csv(_ folder: String) -> DataDescription? {
    var description = DataDescription(file: folder, format: .csv, root: folder, splits: [:])
    for split in Split.allCases {
      let file = "\(folder)/\(split).csv"
      if CSVAnnotationFile.isOne(file) { description.splits[split] = .lists([file]) }
    }
    return description.splits.isEmpty ? nil : description
  }

  /// Whether a JSON file speaks of annotations at all; others lie about for other ends.
  private static func namesAnnotations(_ path: String) -> Bool {
    FileManager.default.contents(atPath: path)?.range(of: Data("\"annotations\"".utf8)) != nil
  }

  /// `Annotations` with `ImageSets/Main`, or folders `train` and so on with annotations beside the
  /// pictures.
  private static func voc(_ folder: String) -> DataDescription? {
    let lists = folder + "/ImageSets/Main"
    var description = DataDescription(file: folder, format: .voc, root: folder, splits: [:])
    let spellings: [(Split, [String])] = [
      (.train, ["train"]), (.val, ["val", "valid"]), (.test, ["test"]),
    ]
    for (split, names) in spellings {
      let list = "\(lists)/\(split).txt"
      if Paths.isFolder(folder + "/Annotations"), Paths.exists(list) {
        description.splits[split] = .lists([list])
      } else if let name = names.first(where: { Paths.holdsXML("\(folder)/\($0)") }) {
        description.splits[split] = .lists(["\(folder)/\(name)"])
      }
    }
    return description.splits.isEmpty ? nil : description
  }

  /// `images/train` and so on, or `train/images` and so on with `valid` for val.
  private static func yolo(_ folder: String) throws -> DataDescription? {
    var description = DataDescription(file: folder, format: .yolo, root: folder, splits: [:])
    let spellings: [(Split, [String])] = [
      (.train, ["train", "train2017"]), (.val, ["val", "valid", "val2017"]), (.test, ["test"]),
    ]
    for (split, names) in spellings {
      let places = names.flatMap { ["\(folder)/images/\($0)", "\(folder)/\($0)/images"] }
      if let place = places.first(where: { Paths.isFolder($0) }) {
        description.splits[split] = .lists([place])
      }
    }
    guard !description.splits.isEmpty else { return nil }
    let namesFile = ["classes.txt", "obj.names", "labels/classes.txt"].map { folder + "/" + $0 }
      .first { Paths.exists($0) }
    guard let namesFile else { throw DatasetError.missingNames(file: folder) }
    let names = try Paths.lines(of: Paths.text(at: namesFile, what: "class names"))
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard !names.isEmpty else { throw DatasetError.missingNames(file: namesFile) }
    description.names = names
    return description
  }
}
