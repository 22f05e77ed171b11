/// Cells in rows and columns, for a terminal or for Markdown.
package struct TextTable: Hashable, Sendable {
  package enum Alignment: Hashable, Sendable {
    case left, right
  }

  let headings: [String]
  let alignments: [Alignment]
  private(set) var rows: [[String]] = []

  package init(_ columns: [(heading: String, alignment: Alignment)]) {
    headings = columns.map(\.heading)
    alignments = columns.map(\.alignment)
  }

  package mutating func add(_ row: [String]) {
    precondition(
      row.count == headings.count, "a row of \(row.count) in a table of \(headings.count) columns")
    rows.append(row)
  }

  /// Columns two spaces apart, one line a row, each ended.
  package var text: String {
    let widths = headings.indices.map { column in
      ([headings] + rows).map { $0[column].count }.max()!
    }
    return ([headings] + rows).map { row in
      var line = row.indices.map { pad(row[$0], to: widths[$0], alignments[$0]) }
        .joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  package var markdown: String {
    let rule = alignments.map { $0 == .left ? "---" : "---:" }
    return ([headings, rule] + rows).map { row in
      "| " + row.map(Self.escaped).joined(separator: " | ") + " |\n"
    }.joined()
  }

  private static func escaped(_ cell: String) -> String {
    MarkdownWriter.escaped(cell).replacing("|", with: "\\|")
  }

  private func pad(_ text: String, to width: Int, _ alignment: Alignment) -> String {
    let gap = String(repeating: " ", count: width - text.count)
    return alignment == .left ? text + gap : gap + text
  }
}
