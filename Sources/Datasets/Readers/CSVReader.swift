import OrderedCollections

/// Reads a split of CSV files; see ``CSVAnnotationFile``. Pictures stand in the order of their first
/// rows.
struct CSVReader {
  let description: DataDescription
  let lists: [String]

  private struct Entry {
    var list: String
    var row: CSVAnnotationFile.Row
  }

  func read() throws -> Dataset {
    var builder = DatasetBuilder(source: lists[0])
    for note in description.notes { builder.report.note(.description, note) }
    let pictures = try pictures()
    let names = try description.names ?? gatheredNames(&builder)
    let indices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    var missing = MissingPictures()
    for (path, entries) in pictures {
      guard Paths.exists(path) else {
        missing.add(path)
        continue
      }
      guard begin(path, entries[0].row.size, &builder) else { continue }
      for entry in entries {
        guard let object = entry.row.object else { continue }
        guard let index = indices[object.name] else {
          throw DatasetError.unknownClass(
            name: object.name, file: entry.list, line: entry.row.line, known: names)
        }
        builder.add(
          object.box, classIndex: index, isCrowd: object.ignored == .crowd,
          isDifficult: object.ignored == .difficult,
          at: .init(file: entry.list, line: entry.row.line))
      }
      builder.endSample()
    }
    try missing.check(of: pictures.count, neededBy: lists[0])
    return try builder.build(classNames: names)
  }

  /// The rows of each picture, by its path.
  private func pictures() throws -> OrderedDictionary<String, [Entry]> {
    var pictures: OrderedDictionary<String, [Entry]> = [:]
    for list in lists {
      for row in try CSVAnnotationFile(contentsOf: list).rows {
        let path = Paths.resolve(row.file, in: description.root)
        if let first = pictures[path]?.first?.row, first.size != row.size {
          throw DatasetError.malformedLabel(
            file: list, line: row.line, text: row.file,
            expected: "the same width and height as on line \(first.line)")
        }
        pictures[path, default: []].append(Entry(list: list, row: row))
      }
    }
    return pictures
  }

  /// False where neither the row nor the picture's file states its size.
  private func begin(
    _ path: String, _ size: CSVAnnotationFile.Size?, _ builder: inout DatasetBuilder
  ) -> Bool {
    guard let size else { return builder.beginProbedSample(path: path) != nil }
    builder.beginSample(path: path, width: size.width, height: size.height)
    return true
  }

  private func gatheredNames(_ builder: inout DatasetBuilder) throws -> [String] {
    var names: Set<String> = []
    for split in description.splitNames {
      guard case .lists(let lists)? = description.splits[split] else { continue }
      for list in lists {
        names.formUnion(try CSVAnnotationFile(contentsOf: list).rows.compactMap(\.object?.name))
      }
    }
    return try builder.classNames(gathered: names, from: description)
  }
}
