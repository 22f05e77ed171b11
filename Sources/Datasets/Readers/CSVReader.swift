import OrderedCollections

/// Reads a split of CSV files; see ``CSVAnnotationFile``. Pictures stand in the order of their first
/// rows.
struct CSVReader {
  let description: DataDescription
  let lists: [String]

  private struct Entry {
    var list: String
    var row: CSVAnnotationFile.Row
    /// Of the row, in all lists of the split.
    var position: Int
  }

  func read(into builder: inout DatasetBuilder) throws -> DatasetClasses {
    let pictures = try pictures(&builder)
    let names = try description.names ?? gatheredNames(&builder)
    let indices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    for (path, entries) in pictures {
      guard Paths.exists(path) else {
        builder.lack(path)
        continue
      }
      guard begin(path, entries[0], &builder) else { continue }
      for entry in entries {
        guard let object = entry.row.object else { continue }
        let place = DatasetBuilder.Place(
          file: entry.list, mark: .line(entry.row.line), position: entry.position)
        guard let index = indices[object.name] else {
          let error = DatasetError.unknownClass(
            name: object.name, file: entry.list, line: entry.row.line, known: names)
          try builder.refuse(error, as: .unknownClass, at: place, isEntry: true)
          continue
        }
        builder.add(
          object.box, classIndex: index, isCrowd: object.ignored == .crowd,
          isDifficult: object.ignored == .difficult, at: place)
      }
      builder.endSample()
    }
    return DatasetClasses(names: names)
  }

  /// The rows of each picture, by its path.
  private func pictures(
    _ builder: inout DatasetBuilder
  ) throws -> OrderedDictionary<String, [Entry]> {
    var pictures: OrderedDictionary<String, [Entry]> = [:]
    var position = 0
    for list in lists {
      let file = try CSVAnnotationFile(contentsOf: list) { error, line in
        try builder.refuse(
          error, as: .malformedLabel, at: .init(file: list, mark: .line(line)))
      }
      for row in file.rows {
        defer { position += 1 }
        let path = Paths.resolve(row.file, in: description.root)
        if let first = pictures[path]?.first?.row, first.size != row.size {
          let error = DatasetError.malformedLabel(
            file: list, line: row.line, text: row.file,
            expected: "the same width and height as on line \(first.line)")
          try builder.refuse(error, as: .wrongSize, at: .init(file: list, mark: .line(row.line)))
        }
        pictures[path, default: []].append(Entry(list: list, row: row, position: position))
      }
    }
    return pictures
  }

  /// False where neither the row nor the picture's file states its size.
  private func begin(_ path: String, _ entry: Entry, _ builder: inout DatasetBuilder) -> Bool {
    guard let size = entry.row.size else {
      return builder.beginProbedSample(path: path, annotations: entry.list) != nil
    }
    builder.beginSample(
      path: path, annotations: entry.list, width: size.width, height: size.height)
    return true
  }

  private func gatheredNames(_ builder: inout DatasetBuilder) throws -> [String] {
    var names: Set<String> = []
    for split in description.splitNames {
      guard case .lists(let lists)? = description.splits[split] else { continue }
      for list in lists {
        let file = try CSVAnnotationFile(contentsOf: list) { error, _ in
          // The split's own reading tells of them.
          if !builder.keepsWritten { throw error }
        }
        names.formUnion(file.rows.compactMap(\.object?.name))
      }
    }
    return try builder.classNames(gathered: names, from: description)
  }
}
