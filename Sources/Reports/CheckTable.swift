import Datasets

/// What a check found, for a terminal.
extension CheckReport {
  /// Places named of each finding.
  private static let shown = 5

  package var text: String {
    let sections = [heading, findings.isEmpty ? "nothing was found\n" : findingTable.text]
    return (sections + findings.map(places) + [classTable.text]).joined(separator: "\n")
  }

  private var heading: String {
    let parts = splits.map { "\($0.split) \($0.pictures)" }.joined(separator: ", ")
    let pictures = splits.map(\.pictures).reduce(0, +)
    let objects = splits.map(\.objects).reduce(0, +)
    return "\(data): \(pictures) pictures (\(parts)), \(objects) objects\n"
  }

  private var findingTable: TextTable {
    var table = TextTable([("severity", .left), ("count", .right), ("finding", .left)])
    for finding in findings {
      table.add([
        finding.kind.severity.rawValue, "\(finding.places.count)", finding.kind.meaning,
      ])
    }
    return table
  }

  private func places(_ finding: CheckFinding) -> String {
    let lines = finding.places.prefix(Self.shown).map { place in
      "  " + (place.split.map { "\($0): " } ?? "") + place.text(from: root) + "\n"
    }
    let more = finding.places.count - lines.count
    return "\(finding.kind.meaning):\n" + lines.joined()
      + (more > 0 ? "  and \(more) more\n" : "")
  }

  private var classTable: TextTable {
    var table = TextTable(
      [(heading: "class", alignment: .left)]
        + splits.map { (heading: $0.split, alignment: .right) })
    for (name, counts) in zip(classes.names, classes.counts) {
      table.add([name] + counts.map(String.init))
    }
    return table
  }
}
