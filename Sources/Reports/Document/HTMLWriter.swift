import Foundation

/// Writes a document as one file of HTML that needs nothing else: pictures are data URIs, there is no
/// script, and a policy in the head forbids the browser to fetch anything.
///
/// WHATWG: *HTML Living Standard*, §13.1 (syntax), §13.3 (escaping).
package struct HTMLWriter {
  private let document: Document

  package init(_ document: Document) { self.document = document }

  package var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
    style-src 'unsafe-inline'">
    <meta name="color-scheme" content="light dark">
    <title>\(Self.escaped(document.title))</title>
    <style>
    \(HTMLStyle.sheet)</style>
    </head>
    <body>
    <main>
    <h1>\(Self.escaped(document.title))</h1>
    \(blocks(document.introduction))\(contents)\(sections)</main>
    </body>
    </html>

    """
  }

  /// Links to the sections, where there are several.
  private var contents: String {
    guard document.sections.count > 2 else { return "" }
    let links = document.sections.enumerated().map { index, section in
      "<a href=\"#section-\(index + 1)\">\(Self.escaped(section.title))</a>\n"
    }
    return "<nav aria-label=\"Sections\">\n\(links.joined())</nav>\n"
  }

  private var sections: String {
    document.sections.enumerated().map { index, section in
      "<section id=\"section-\(index + 1)\">\n<h2>\(Self.escaped(section.title))</h2>\n"
        + "\(blocks(section.blocks))</section>\n"
    }.joined()
  }

  private func blocks(_ blocks: [Document.Block]) -> String { blocks.map(block).joined() }

  private func block(_ block: Document.Block) -> String {
    switch block {
    case .paragraph(let prose): "<p>\(Self.text(prose))</p>\n"
    case .list(let entries):
      "<ul>\n\(entries.map { "<li>\(Self.text($0))</li>\n" }.joined())</ul>\n"
    case .heading(let title): "<h3>\(Self.escaped(title))</h3>\n"
    case .table(let table): Self.table(table)
    case .illustrations(let figures, let columns):
      "<div class=\"figures columns-\(min(max(columns, 1), 4))\">\n"
        + "\(figures.map(Self.figure).joined())</div>\n"
    case .details(let summary, let inner):
      "<details>\n<summary>\(Self.escaped(summary))</summary>\n\(blocks(inner))</details>\n"
    }
  }

  private static func table(_ table: TextTable) -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + zip(cells, table.alignments).map { cell, alignment in
          let isLong = alignment == .left && isLong(cell)
          let style = alignment == .right ? "right" : isLong ? "long" : ""
          let start = style.isEmpty ? tag : "\(tag) class=\"\(style)\""
          return "<\(start)>\(isLong ? broken(cell) : escaped(cell))</\(tag)>"
        }.joined() + "</tr>\n"
    }
    return
      "<div class=\"table\">\n<table>\n<thead>\n\(row(table.headings, "th"))</thead>\n<tbody>\n"
      + "\(table.rows.map { row($0, "td") }.joined())</tbody>\n</table>\n</div>\n"
  }

  /// Whether a cell holds a word, such as a path, that must be broken somewhere.
  private static func isLong(_ cell: String) -> Bool {
    cell.split(separator: " ").contains { $0.count > longestWord }
  }

  /// With places to break at, between the parts of paths and of layers' names.
  private static func broken(_ cell: String) -> String {
    cell.map { escaped(String($0)) + ("/._,".contains($0) ? "<wbr>" : "") }.joined()
  }

  /// Letters of a word that is not broken.
  private static let longestWord = 24

  private static func figure(_ figure: Illustration) -> String {
    let caption = figure.caption.map { "<figcaption>\(text($0))</figcaption>\n" } ?? ""
    let source = "data:\(figure.format.mediaType);base64,\(figure.data.base64EncodedString())"
    return "<figure>\n<img\(figure.isDrawing ? " class=\"drawing\"" : "") "
      + "alt=\"\(escaped(figure.alternative))\" src=\"\(source)\">\n\(caption)</figure>\n"
  }

  private static func text(_ prose: Prose) -> String {
    prose.rendered { span in
      switch span {
      case .text(let text): escaped(text)
      case .code(let code): "<code>\(escaped(code))</code>"
      case .link(let text, let target):
        "<a href=\"\(escaped(encoded(target)))\">\(escaped(text))</a>"
      }
    }
  }

  /// A path as a relative reference; a colon in its first part would read as a scheme.
  static func encoded(_ path: String) -> String {
    let kept = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: ":'()"))
    return path.addingPercentEncoding(withAllowedCharacters: kept) ?? ""
  }

  /// Text that no browser takes for markup, between tags and between quotes.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Control characters are no text of HTML; ends of lines are spaces there.
      case "\n", "\t", "\r": result += " "
      case _ where scalar.properties.generalCategory == .control: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
