/// `SPLIT.csv`, a row an object, with the pictures in `images/SPLIT`.
struct CSVLayout: DatasetLayout {
  let root: String

  func pictureFolder(_ split: DataDescription.Split) -> String { "\(root)/images/\(split)" }

  func write(_ split: LabelledSplit) throws {
    var rows = [CSVAnnotationFile.columns + [CSVAnnotationFile.ignoredColumn]]
    for picture in split.pictures {
      let start = [
        "images/\(split.split)/\(picture.name)", String(picture.width), String(picture.height),
      ]
      rows += picture.objects.map { start + cells($0, split.classNames) }
      if picture.objects.isEmpty { rows.append(start + Array(repeating: "", count: 6)) }
    }
    let text = rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    try OutputFile.write(text, to: "\(root)/\(split.split).csv")
  }

  func description(_ splits: [DataDescription.Split], classNames: [String]) -> String {
    "format: csv\npath: .\n" + splits.map { "\($0): \($0).csv\n" }.joined()
      + LayoutText.namesLine(classNames)
  }

  private func cells(_ object: Annotation, _ classNames: [String]) -> [String] {
    let box = object.written
    let edges = [box.x, box.y, box.x + box.width, box.y + box.height]
    let ignored: CSVAnnotationFile.Ignored? =
      object.isCrowd ? .crowd : object.isDifficult ? .difficult : nil
    return [classNames[Int(object.classIndex)]] + edges.map(LayoutText.number)
      + [ignored?.rawValue ?? ""]
  }

  private func quoted(_ cell: String) -> String {
    guard cell.contains(where: { $0 == "," || $0 == "\"" }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
