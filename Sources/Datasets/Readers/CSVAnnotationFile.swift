import Foundation

/// What one CSV file of annotations says: a row an object, or a row without one for a picture that
/// has none.
///
/// `file,width,height,class,left,top,right,bottom` is the first line, with or without `,ignored`.
/// Edges are in pixels, half-open; cells with commas are quoted as in RFC 4180.
struct CSVAnnotationFile {
  static let columns = ["file", "width", "height", "class", "left", "top", "right", "bottom"]
  static let ignoredColumn = "ignored"
  static let header = columns.joined(separator: ",")

  /// Why an object is no target.
  enum Ignored: String { case crowd, difficult }

  struct Object {
    var name: String
    var box: Annotation.Written
    /// Left, top, right, bottom, as written.
    var edges: [String]
    var ignored: Ignored?
  }

  struct Size: Equatable {
    var width: Int
    var height: Int
  }

  struct Row {
    var file: String
    /// Nil where the cells are empty.
    var size: Size?
    var object: Object?
    var line: Int
  }

  let path: String
  private(set) var rows: [Row] = []

  /// - Parameter refuse: what to do about a row that is none: throw, or go on without it.
  init(
    contentsOf path: String,
    refuse: (_ error: DatasetError, _ line: Int) throws -> Void = { error, _ in throw error }
  ) throws {
    self.path = path
    var text = try Paths.text(at: path, what: "CSV file of annotations")
    // Spreadsheets mark UTF-8 so.
    if text.first == "\u{FEFF}" { text.removeFirst() }
    let lines = Paths.lines(of: text)
    let headings = Self.cells(of: lines[0]) ?? []
    guard headings == Self.columns || headings == Self.columns + [Self.ignoredColumn] else {
      throw DatasetError.malformedLabel(
        file: path, line: 1, text: String(lines[0]),
        expected: "the heading \(Self.header), with or without ,\(Self.ignoredColumn)")
    }
    for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
      guard let cells = Self.cells(of: line), cells.count == headings.count,
        let row = Self.row(cells, line: index + 1)
      else {
        let error = DatasetError.malformedLabel(
          file: path, line: index + 1, text: String(line),
          expected: "\(headings.joined(separator: ",")): numbers of pixels, \(Self.ignoredColumn) "
            + "crowd, difficult or empty; a picture without objects has its class and all after "
            + "it empty")
        try refuse(error, index + 1)
        continue
      }
      rows.append(row)
    }
    guard !rows.isEmpty else { throw DatasetError.emptyList(path: path) }
  }

  /// Whether a file begins like one of these.
  static func isOne(_ path: String) -> Bool {
    guard let text = try? Paths.text(at: path, what: "CSV file") else { return false }
    let start = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
    return start.hasPrefix(header)
  }

  private static func row(_ cells: [String], line: Int) -> Row? {
    guard !cells[0].isEmpty else { return nil }
    var row = Row(file: cells[0], line: line)
    if cells[1...2] != ["", ""] {
      // Wider than this no picture can be decoded.
      let sides = cells[1...2].compactMap { Int($0) }.filter { (1...(1 << 24)).contains($0) }
      guard sides.count == 2 else { return nil }
      row.size = Size(width: sides[0], height: sides[1])
    }
    if cells[3...].contains(where: { !$0.isEmpty }) {
      guard let object = object(cells) else { return nil }
      row.object = object
    }
    return row
  }

  private static func object(_ cells: [String]) -> Object? {
    let edges = cells[4...7].compactMap { Double($0) }.filter(\.isFinite)
    let mark = cells.count > 8 ? cells[8] : ""
    let ignored = Ignored(rawValue: mark)
    guard !cells[3].isEmpty, edges.count == 4, mark.isEmpty || ignored != nil else { return nil }
    return Object(
      name: cells[3],
      box: .init(
        x: edges[0], y: edges[1], width: edges[2] - edges[0], height: edges[3] - edges[1]),
      edges: Array(cells[4...7]),
      ignored: ignored)
  }

  /// A line's cells without the white space around them; nil where a quote does not end.
  private static func cells(of line: Substring) -> [String]? {
    var cells = [""]
    var isQuoted = false
    var wasClosed = false
    for character in line {
      if character == "\"" {
        // One that follows a closing one stands for itself.
        if wasClosed { cells[cells.count - 1].append(character) }
        isQuoted.toggle()
        wasClosed = !isQuoted
        continue
      }
      wasClosed = false
      if character == ",", !isQuoted {
        cells.append("")
      } else {
        cells[cells.count - 1].append(character)
      }
    }
    return isQuoted ? nil : cells.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
