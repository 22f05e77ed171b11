import Foundation

/// Writes a document as Markdown whose pictures are files in a folder beside it.
///
/// MacFarlane: *CommonMark Spec*, version 0.31, with GitHub's tables.
package struct MarkdownWriter {
  private let document: Document
  private let folder: String

  /// - Parameter folder: of the pictures, beside the file.
  package init(_ document: Document, pictures folder: String) {
    self.document = document
    self.folder = folder
  }

  package var text: String {
    let parts =
      ["# \(Self.escaped(document.title))"] + document.introduction.map(block)
      + document.sections.flatMap { section in
        ["## \(Self.escaped(section.title))"] + section.blocks.map(block)
      }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// Without the end of its last line.
  private func block(_ block: Document.Block) -> String {
    switch block {
    case .paragraph(let prose): Self.text(prose)
    case .list(let entries): entries.map { "- \(Self.text($0))" }.joined(separator: "\n")
    case .heading(let title): "### \(Self.escaped(title))"
    case .table(let table): String(table.markdown.dropLast())
    case .illustrations(let figures, let columns): self.illustrations(figures, max(1, columns))
    case .details(let summary, let inner):
      "<details><summary>\(HTMLWriter.escaped(summary))</summary>\n\n"
        + inner.map(self.block).joined(separator: "\n\n") + "\n\n</details>"
    }
  }

  private func illustrations(_ figures: [Illustration], _ columns: Int) -> String {
    guard columns > 1, figures.count > 1 else {
      return figures.map { image($0) + ($0.caption.map { "\n\n" + Self.text($0) } ?? "") }
        .joined(separator: "\n\n")
    }
    let width = min(columns, figures.count)
    let rows = stride(from: 0, to: figures.count, by: width).map { start in
      figures[start..<min(start + width, figures.count)]
    }
    // The first row's pictures are the table's head; each row of pictures has its captions below.
    var lines: [String] = []
    for (index, row) in rows.enumerated() {
      lines.append(line(row.map(image), width))
      if index == 0 { lines.append(line(Array(repeating: "---", count: width), width)) }
      if row.contains(where: { $0.caption != nil }) {
        lines.append(line(row.map { $0.caption.map { Self.cell(Self.text($0)) } ?? "" }, width))
      }
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ cells: [String], _ width: Int) -> String {
    let padded = cells + Array(repeating: "", count: width - cells.count)
    return "| " + padded.joined(separator: " | ") + " |"
  }

  private func image(_ figure: Illustration) -> String {
    let path = HTMLWriter.encoded("\(folder)/\(figure.fileName)")
    return "![\(Self.cell(Self.escaped(figure.alternative)))](\(path))"
  }

  private static func text(_ prose: Prose) -> String {
    let line = prose.rendered { span in
      switch span {
      case .text(let text): escaped(text)
      case .code(let code):
        code.contains("`") || code.contains("\n") ? escaped(code) : "`\(code)`"
      case .link(let text, let target): "[\(escaped(text))](\(HTMLWriter.encoded(target)))"
      }
    }
    // What would begin a heading, a quotation or a list.
    let beginsBlock = line.starts(with: #/[\#>+=-]|[0-9]+[.)] /#)
    guard beginsBlock else { return line }
    guard let first = line.first, first.isNumber else { return "\\" + line }
    return line.replacing(/^([0-9]+)/, maxReplacements: 1) { "\($0.1)\\" }
  }

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

  /// Text that reads as itself. An underscore within a word marks nothing and stays as it is.
  package static func escaped(_ text: String) -> String {
    let letters = Array(text)
    func isWord(_ index: Int) -> Bool {
      letters.indices.contains(index) && (letters[index].isLetter || letters[index].isNumber)
    }
    var result = ""
    for (index, letter) in letters.enumerated() {
      switch letter {
      case "\\", "`", "*", "[", "]", "~": result += "\\\(letter)"
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      case "_" where !isWord(index - 1) || !isWord(index + 1): result += "\\_"
      case _ where letter.isNewline || letter == "\t": result += " "
      default: result.append(letter)
      }
    }
    return result
  }
}
