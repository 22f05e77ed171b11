/// One picture as a format writes it.
struct LabelledPicture {
  /// Its file's name; the stem is unlike that of any other picture of the set.
  var name: String
  /// Pixels.
  var width: Int
  var height: Int
  /// COCO's.
  var imageID: Int
  var objects: [Annotation]
}

/// One split as a format writes it.
struct LabelledSplit {
  var split: DataDescription.Split
  var classNames: [String]
  /// COCO's, by class.
  var categoryIDs: [Int]
  var pictures: [LabelledPicture]
}

/// Where a format keeps its pictures, and how it writes what is in them.
protocol DatasetLayout: Sendable {
  func pictureFolder(_ split: DataDescription.Split) -> String
  /// Writes the annotations of a split.
  func write(_ split: LabelledSplit) throws
  /// The text of data.yaml.
  func description(_ splits: [DataDescription.Split], classNames: [String]) -> String
}

extension DataDescription.Format {
  /// - Parameter root: the set's folder.
  func layout(in root: String) -> any DatasetLayout {
    switch self {
    case .voc: VOCLayout(root: root)
    case .yolo: YOLOLayout(root: root)
    case .coco: COCOLayout(root: root)
    case .csv: CSVLayout(root: root)
    }
  }
}

/// What formats write in the same way.
enum LayoutText {
  /// The line that names the classes in a description, quoted where YAML would take a name for
  /// something else.
  static func namesLine(_ names: [String]) -> String {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    let scalars = names.map { name in
      let isPlain = name.wholeMatch(of: /[A-Za-z]([A-Za-z0-9_ \-]*[A-Za-z0-9_\-])?/) != nil
      guard !isPlain || words.contains(name.lowercased()) else { return name }
      let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return "\"\(escaped)\""
    }
    return "names: [\(scalars.joined(separator: ", "))]\n"
  }

  /// The fewest digits from which a reader gets the same number back.
  static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
