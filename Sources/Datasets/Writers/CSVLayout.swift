/// `SPLIT.csv`, a row an object, with the pictures in `images/SPLIT`.
struct CSVLayout: DatasetLayout {
  let root: String

  func pictureFolder(_ split: DataDescription.Split) -> String { "\(root)/images/\(split)" }

  func write(_ split: LabelledSplit) throws {
    var rows: [[String]] = []
    for picture in split.pictures {
      let start = [
        "images/\(split.split)/\(picture.name)", String(picture.width), String(picture.height),
      ]
      rows += picture.objects.map { start + cells($0, split.classNames) }
      if picture.objects.isEmpty { rows.append(start + CSVText.noObject) }
    }
    try CSVText.write(rows, to: "\(root)/\(split.split).csv")
  }

  func description(_ splits: [DataDescription.Split], classNames: [String]) -> String {
    "format: csv\npath: .\n" + splits.map { "\($0): \($0).csv\n" }.joined()
      + LayoutText.namesLine(classNames)
  }

  private func cells(_ object: Annotation, _ classNames: [String]) -> [String] {
    CSVText.cells(
      classNames[Int(object.classIndex)], object.written,
      object.isCrowd ? .crowd : object.isDifficult ? .difficult : nil)
  }
}

/// Rows as ``CSVAnnotationFile`` reads them.
enum CSVText {
  /// All cells after a picture's, where it has no object.
  static let noObject = Array(repeating: "", count: 6)

  /// All cells after a picture's.
  static func cells(
    _ name: String, _ box: Annotation.Written, _ ignored: CSVAnnotationFile.Ignored?
  ) -> [String] {
    let edges = [box.x, box.y, box.x + box.width, box.y + box.height]
    return cells(name, edges: edges.map(LayoutText.number), ignored)
  }

  static func cells(
    _ name: String, edges: [String], _ ignored: CSVAnnotationFile.Ignored?
  ) -> [String] {
    [name] + edges + [ignored?.rawValue ?? ""]
  }

  static func write(_ rows: [[String]], to path: String) throws {
    let heading = CSVAnnotationFile.columns + [CSVAnnotationFile.ignoredColumn]
    let text = ([heading] + rows).map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    try OutputFile.write(text, to: path)
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { $0 == "," || $0 == "\"" }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
