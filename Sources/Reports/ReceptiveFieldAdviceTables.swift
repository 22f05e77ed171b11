import ReceptiveFields

/// A network against a data set's objects, and what else it could be, in words.
extension ReceptiveFieldReport {
  var objectsText: String {
    dataSections.map { section in
      "\n\(section.title)\n\n" + (section.table?.text ?? "")
        + section.lines.map { $0 + "\n" }.joined()
    }.joined()
  }

  /// What is said of the data, under a title.
  struct DataSection {
    var title: String
    /// Nil without rows.
    var table: TextTable?
    var lines: [String] = []
  }

  var dataSections: [DataSection] {
    let classes = objects.flatMap(classSection)
    return [classes, advice.map(sizeSection), advice.flatMap(tileSection)].compactMap { $0 }
      + (advice.flatMap(remedySection).map { [$0] } ?? [])
  }

  private func classSection(_ objects: ObjectCensus) -> DataSection? {
    guard !objects.perClass.isEmpty else { return nil }
    var table = TextTable(
      [("class", .left), ("objects", .right), ("median side", .right)]
        + levels.map { (heading: $0.name, alignment: TextTable.Alignment.right) }
        + Self.shareHeadings)
    for row in objects.perClass {
      let shares =
        row.levelShares + [
          row.shareInNone, row.shareBelow, row.shareAbove, row.shareUnderCell,
          row.shareBeyondFields,
        ]
      table.add(
        [
          row.label, String(row.count),
          row.medianSide.map { Spelled.number($0, decimals: 1) } ?? "–",
        ] + shares.map { row.count > 0 ? Spelled.share($0) : "–" })
    }
    return DataSection(title: "Classes and levels", table: table)
  }

  private func sizeSection(_ advice: DataAdvice) -> DataSection {
    var table = TextTable([("input", .left)] + Self.shareHeadings + Self.costHeadings)
    for choice in advice.sizes {
      let isPresent = choice.size == advice.present.size
      table.add([extent(choice.size) + (isPresent ? " (now)" : "")] + cells(choice))
    }
    return DataSection(title: "Input sizes", table: table)
  }

  private func tileSection(_ advice: DataAdvice) -> DataSection? {
    guard !advice.tiles.isEmpty || !advice.tilesTooSmall.isEmpty else { return nil }
    var table = TextTable(
      [("tile", .left), ("overlap", .right), ("step", .right), ("tiles", .right)]
        + Self.shareHeadings + Self.costHeadings)
    for tiling in advice.tiles {
      table.add(
        [
          extent(tiling.choice.size), extent(tiling.overlap), extent(tiling.step),
          Spelled.number(tiling.tilesPerPicture) + (tiling.withWholePicture ? " + whole" : ""),
        ] + cells(tiling.choice))
    }
    let tooSmall = advice.tilesTooSmall.map(extent).joined(separator: ", ")
    let largest = Spelled.pair(advice.largestObject)
    return DataSection(
      title: "Tiles at the pictures' own scale", table: advice.tiles.isEmpty ? nil : table,
      lines: advice.tilesTooSmall.isEmpty
        ? [] : ["left out: \(tooSmall) would cut objects; the largest has \(largest) px"])
  }

  private func remedySection(_ advice: DataAdvice) -> DataSection? {
    guard !advice.remedies.isEmpty else { return nil }
    var table = TextTable([("objects that are", .left), ("what would help", .left)])
    for remedy in advice.remedies { table.add([remedy.problem.words, remedy.message]) }
    return DataSection(title: "Advice", table: table)
  }

  private static var shareHeadings: [(heading: String, alignment: TextTable.Alignment)] {
    ["in no range", "below", "above", "under a cell", "beyond fields"].map { ($0, .right) }
  }

  private static var costHeadings: [(heading: String, alignment: TextTable.Alignment)] {
    [("multiply–adds", .right), ("of now", .right)]
  }

  private func cells(_ choice: DataAdvice.Choice) -> [String] {
    [
      choice.shareInNone, choice.shareBelow, choice.shareAbove, choice.shareUnderCell,
      choice.shareBeyondFields,
    ].map(Spelled.share) + [
      Spelled.count(choice.multiplyAdds), Spelled.number(choice.costRatio) + "×",
    ]
  }

  private func extent(_ size: [Int]) -> String {
    size.map(String.init).joined(separator: "×")
  }
}

extension DataAdvice.Problem {
  fileprivate var words: String {
    switch self {
    case .underCell: "under a cell"
    case .below: "below every range"
    case .above: "above every range"
    case .beyondFields: "beyond every field"
    }
  }
}
