/// A data set read whole for a check: its annotations as written, and every picture's file.
public struct CheckedData: Sendable {
  struct Split: Sendable {
    var name: DataDescription.Split
    var written: WrittenSplit
    /// Of the first picture among those of all splits.
    var firstPicture: Int
    /// Pictures with entries that could not be read.
    var refused: Set<Int>

    init(_ name: DataDescription.Split, _ written: WrittenSplit, firstPicture: Int) {
      (self.name, self.written, self.firstPicture) = (name, written, firstPicture)
      refused = Set(written.problems.compactMap { $0.entry?.picture })
    }
  }

  let description: DataDescription
  var splits: [Split] = []
  /// Splits that cannot be read at all.
  var failures: [(split: DataDescription.Split, error: DatasetError)] = []
  /// Of all splits' pictures, in their order.
  var facts: [PictureFacts] = []
  /// Why a picture cannot be used.
  var damage: [Int: String] = [:]

  /// Reads annotations, then all pictures on all processors, as many in memory as there are
  /// processors.
  ///
  /// - Parameter progress: called with the number of pictures read and of all.
  /// - Throws: ``DatasetError`` where a split's list, folder or file is not there.
  public init(_ description: DataDescription, progress: (Int, Int) -> Void = { _, _ in }) throws {
    self.description = description
    try readAnnotations()
    readPictures(progress)
  }

  private mutating func readAnnotations() throws {
    var description = description
    var count = 0
    for name in description.splitNames {
      do {
        let written = try description.written(name)
        // Further splits are held to the first one's classes.
        description.names = description.names ?? written.classNames
        splits.append(Split(name, written, firstPicture: count))
        count += written.pictures.count
      } catch let error as DatasetError where error.category == .broken {
        failures.append((name, error))
      }
    }
  }

  private mutating func readPictures(_ progress: (Int, Int) -> Void) {
    let paths = splits.flatMap { $0.written.pictures.map(\.path) }
    facts.reserveCapacity(paths.count)
    let stretch = 256
    for start in stride(from: 0, to: paths.count, by: stretch) {
      progress(start, paths.count)
      let part = Array(paths[start..<min(start + stretch, paths.count)])
      for (index, result) in Concurrently.map(part, grain: 1, PictureFacts.reading).enumerated() {
        facts.append(result.facts)
        damage[start + index] = result.failure
      }
    }
    progress(paths.count, paths.count)
  }
}

extension CheckedData.Split {
  /// The picture's own size where its file tells it, else the annotated one.
  ///
  /// Boxes drawn before EXIF turned the picture are judged in the picture as it was then.
  func size(of picture: Int, _ facts: PictureFacts) -> (width: Int, height: Int) {
    let stated = written.pictures[picture]
    let isTrusted = facts.width > 0 && !statesStoredSize(picture, facts)
    return isTrusted
      ? (Int(facts.width), Int(facts.height)) : (Int(stated.width), Int(stated.height))
  }

  func statesWrongSize(_ picture: Int, _ facts: PictureFacts) -> Bool {
    let stated = written.pictures[picture]
    return stated.isSizeStated && facts.width > 0
      && (stated.width, stated.height) != (facts.width, facts.height)
  }

  /// Whether the size is stated as it was before EXIF orientation.
  func statesStoredSize(_ picture: Int, _ facts: PictureFacts) -> Bool {
    let stated = written.pictures[picture]
    guard stated.isSizeStated, let stored = facts.storedSize else { return false }
    return (stated.width, stated.height) == stored
  }
}
