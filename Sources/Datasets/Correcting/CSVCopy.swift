/// A CSV file for each split; rows that do not change keep their numbers.
struct CSVCopy: CopyFormat {
  let root: String
  let description: DataDescription
  /// By path, as in the source.
  private var pictures: [String: (name: String, correction: PictureCorrection)] = [:]

  init(root: String, description: DataDescription) {
    self.root = root
    self.description = description
  }

  var pictureFolder: String { root + "/images" }

  mutating func add(
    _ picture: WrittenSplit.Picture, _ name: String, _ correction: PictureCorrection
  ) throws {
    pictures[picture.path] = (name, correction)
  }

  mutating func finish(_ split: DataDescription.Split, _ names: [String]) throws -> String {
    defer { pictures = [:] }
    guard case .lists(let lists)? = description.splits[split] else {
      preconditionFailure("a CSV split is a list of files")
    }
    // Rows that cannot be read are among the changes already.
    let rows = try lists.flatMap { try CSVAnnotationFile(contentsOf: $0) { _, _ in }.rows }
    var written: [[String]] = []
    var described: Set<String> = []
    for (position, row) in rows.enumerated() {
      let path = Paths.resolve(row.file, in: description.root)
      guard let (name, correction) = pictures[path] else { continue }
      guard let cells = cells(row, position, correction) else { continue }
      described.insert(path)
      written.append(start(name, correction) + cells)
    }
    // Those whose every object was removed.
    for (path, (name, correction)) in pictures.sorted(by: { $0.key < $1.key })
    where !described.contains(path) {
      written.append(start(name, correction) + CSVText.noObject)
    }
    try CSVText.write(written, to: "\(root)/\(split).csv")
    return "\(split).csv"
  }

  private func start(_ name: String, _ correction: PictureCorrection) -> [String] {
    ["images/\(name)", String(correction.width), String(correction.height)]
  }

  /// Nil where the object is removed.
  private func cells(
    _ row: CSVAnnotationFile.Row, _ position: Int, _ correction: PictureCorrection
  ) -> [String]? {
    guard let object = row.object else { return CSVText.noObject }
    let change = correction.changes.first { $0.position == position }
    if let change, change.box == nil { return nil }
    guard let box = change?.box else {
      return CSVText.cells(object.name, edges: object.edges, object.ignored)
    }
    return CSVText.cells(object.name, box, object.ignored)
  }
}
