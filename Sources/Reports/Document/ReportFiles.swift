import Foundation

/// Puts a document into a folder: `report.html` whole, `report.md` with its pictures in `pictures/`.
package struct ReportFiles {
  package static let html = "report.html"
  package static let markdown = "report.md"
  package static let pictures = "pictures"

  private let document: Document

  package init(_ document: Document) { self.document = document }

  /// - Parameters:
  ///   - folder: an existing one; what an earlier report left in `pictures/` goes.
  ///   - write: takes a file's path and its bytes.
  /// - Throws: what `write` and `makeFolder` throw.
  package func write(
    into folder: String, makeFolder: (_ path: String) throws -> Void,
    write: (_ path: String, _ data: Data) throws -> Void
  ) throws {
    let figures = document.illustrations
    let names = figures.map(\.fileName)
    precondition(Set(names).count == names.count, "two figures of a report share a name: \(names)")
    let pictures = "\(folder)/\(Self.pictures)"
    try? FileManager.default.removeItem(atPath: pictures)
    if !figures.isEmpty { try makeFolder(pictures) }
    for figure in figures { try write("\(pictures)/\(figure.fileName)", figure.data) }
    try write(
      "\(folder)/\(Self.markdown)",
      Data(MarkdownWriter(document, pictures: Self.pictures).text.utf8))
    try write("\(folder)/\(Self.html)", Data(HTMLWriter(document).text.utf8))
  }
}
