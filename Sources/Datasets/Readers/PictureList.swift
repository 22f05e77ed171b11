import Foundation

/// The lines of a list file that name something, with their line numbers.
struct PictureList {
  struct Entry {
    var text: String
    var line: Int
  }

  let entries: [Entry]

  init(file: String, what: String) throws {
    let text = try Paths.text(at: file, what: what)
    var entries: [Entry] = []
    for (index, line) in Paths.lines(of: text).enumerated() {
      let trimmed = line.trimmingCharacters(in: .whitespacesAndNewlines)
      if !trimmed.isEmpty { entries.append(Entry(text: trimmed, line: index + 1)) }
    }
    guard !entries.isEmpty else { throw DatasetError.emptyList(path: file) }
    self.entries = entries
  }
}

/// Pictures that a split names and the disk does not have: counted, so that one error says all.
struct MissingPictures {
  private(set) var count = 0
  private var first: String?

  mutating func add(_ path: String) {
    count += 1
    first = first ?? path
  }

  func check(of total: Int, neededBy source: String) throws {
    if let first {
      throw DatasetError.missingPictures(
        count: count, of: total, first: first, neededBy: source)
    }
  }
}
