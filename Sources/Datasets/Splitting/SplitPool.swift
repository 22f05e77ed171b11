/// The pictures that are to be divided: those of some splits of a data set, each once.
struct SplitPool {
  struct Picture {
    var path: String
    /// The file with its annotations; nil where there is none.
    var annotations: String?
    /// In COCO's list of images.
    var position: Int
    /// The class of each target.
    var targets: [Int]
  }

  let description: DataDescription
  let classNames: [String]
  let pictures: [Picture]
  let groups: PictureGroups
  /// What there is to know, a sentence each.
  private(set) var notes: [String] = []

  /// Reads annotations and every picture whole, to find the ones that look alike.
  ///
  /// - Parameter progress: called with the number of pictures read and of all.
  /// - Throws: ``DatasetError`` for whatever training would refuse.
  init(
    _ source: DataDescription, _ splits: [DataDescription.Split], progress: (Int, Int) -> Void
  ) throws {
    let datasets = try splits.map { try source.dataset($0) }
    guard let first = datasets.first else {
      throw DatasetError.noSplit(
        name: "train", file: source.file, available: source.splitNames.map(\.rawValue))
    }
    for dataset in datasets {
      try dataset.requireClasses(first.classNames)
      guard dataset.categoryIDs == first.categoryIDs else {
        throw DatasetError.classesDiffer(
          file: dataset.report.source, names: dataset.categoryIDs.map(String.init),
          expected: first.categoryIDs.map(String.init))
      }
      notes += dataset.report.warnings
    }
    classNames = first.classNames
    var description = source
    description.splits = source.splits.filter { splits.contains($0.key) }
    description.names = source.names ?? classNames
    self.description = description
    let data = try CheckedData(description, progress: progress)
    let kept = Self.distinct(data)
    pictures = kept.map { Self.picture(data, $0) }
    let facts = kept.map { data.facts[$0] }
    let matches = PictureMatches(facts).matches
    groups = PictureGroups(count: kept.count, joining: matches.map { ($0.earlier, $0.picture) })
    note(data, kept, matches)
  }

  /// Pictures of all splits, each path once.
  private static func distinct(_ data: CheckedData) -> [Int] {
    var seen: Set<String> = []
    let paths = data.splits.flatMap { $0.written.pictures.map(\.path) }
    return paths.indices.filter { seen.insert(paths[$0]).inserted }
  }

  private static func picture(_ data: CheckedData, _ index: Int) -> Picture {
    let (split, position) = data.place(of: index)
    let picture = split.written.pictures[position]
    return Picture(
      path: picture.path, annotations: picture.annotations, position: picture.position,
      targets: split.written.objects[picture.objects].compactMap {
        $0.isIgnored ? nil : Int($0.classIndex)
      })
  }

  private mutating func note(
    _ data: CheckedData, _ kept: [Int], _ matches: [PictureMatches.Match]
  ) {
    if kept.count < data.facts.count {
      notes.append(
        "\(data.facts.count - kept.count) pictures stood in several splits and count once")
    }
    if !matches.isEmpty {
      let exact = matches.count { $0.isExact }
      notes.append(
        "\(exact) pictures equal another and \(matches.count - exact) look like one: they stay in "
          + "one part, the largest such group has "
          + "\(groups.groups.map(\.count).max() ?? 0)")
    }
    let damaged = kept.count { data.damage[$0] != nil }
    if damaged > 0 {
      notes.append(
        "\(damaged) pictures cannot be read whole and were divided like the others; "
          + "dldetect data check names them")
    }
  }

  var presence: ClassPresence {
    ClassPresence(pictures.map(\.targets), classCount: classNames.count)
  }
}
