/// Divides the pictures of a data set anew into splits or folds: lists and descriptions are written,
/// pictures and their annotations stay where they are.
public struct DatasetSplitter: Sendable {
  public enum Division: Hashable, Sendable {
    /// By the number of pictures: ``SplitRatios/automatic(pictures:)``.
    case automatic
    case ratios(SplitRatios)
    /// So many parts; in each fold another one is val and the others are train.
    case folds(Int)
  }

  public var division = Division.automatic
  /// Whether each class is to have its share in each part.
  public var isStratified = false
  public var seed: UInt64 = 0
  /// Splits whose pictures are divided; empty: all. The others stay as they are.
  public var pool: [DataDescription.Split] = []

  public init() {}

  /// - Parameters:
  ///   - path: the folder to make, or an empty one. It appears when it is whole.
  ///   - progress: called with the number of pictures read and of all.
  /// - Throws: ``DatasetError``.
  public func split(
    _ source: DataDescription, to path: String, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> SplitOutcome {
    let path = Paths.resolve(path, in: Paths.workingFolder)
    guard Paths.isFree(path) else { throw DatasetError.folderNotEmpty(path: path) }
    for split in pool where source.splits[split] == nil {
      throw DatasetError.noSplit(
        name: split.rawValue, file: source.file, available: source.splitNames.map(\.rawValue))
    }
    let names = pool.isEmpty ? source.splitNames : source.splitNames.filter(pool.contains)
    let pool = try SplitPool(source, names, progress: progress)
    var outcome = SplitOutcome(pool, source, seed: seed, isStratified: isStratified)
    let sets = try sets(of: pool, &outcome)
    let kept = try kept(source, besides: names, sets)
    let writer = try pool.writer()
    outcome.notes += writer.notes
    guard writer.format == source.format || kept.isEmpty else {
      throw DatasetError.splitsDiffer(file: source.file, kept: kept.map(\.rawValue))
    }
    try OutputFile.writeFolder(path) { partial in
      for set in sets {
        let folder = set.name.map { "/" + $0 } ?? ""
        try write(
          set, pool, writer, keeping: kept, of: source, to: partial + folder,
          foundAt: path + folder, outcome)
      }
    }
    for set in sets {
      outcome.descriptions.append(path + (set.name.map { "/" + $0 } ?? "") + "/data.yaml")
    }
    return outcome
  }

  /// One description's splits.
  private struct SplitSet {
    /// Of its folder; nil for the only one.
    var name: String?
    var parts: [(split: DataDescription.Split, pictures: [Int])]
  }

  private func sets(of pool: SplitPool, _ outcome: inout SplitOutcome) throws -> [SplitSet] {
    switch division {
    case .folds(let count):
      outcome.words = "\(count) folds"
      let parts = try divided(pool, PictureDivision(folds: count, seed: seed), outcome.words)
      for (index, part) in parts.enumerated() {
        outcome.add("fold \(index + 1)", part, pool)
      }
      return parts.indices.map { index in
        let others = parts.indices.filter { $0 != index }.flatMap { parts[$0] }.sorted()
        return SplitSet(
          name: "fold-\(index + 1)", parts: [(.train, others), (.val, parts[index])])
      }
    case .automatic, .ratios:
      let ratios = ratios(pool.pictures.count)
      outcome.words = "\(ratios)"
      if division == .automatic {
        outcome.notes.append(
          "auto: \(ratios) for \(pool.pictures.count) pictures (8:2 under 1000, 98:1:1 from 100000 "
            + "on, 6:2:2 between)")
      }
      let parts = try divided(
        pool, PictureDivision(shares: ratios.shares, seed: seed), outcome.words)
      for (split, part) in zip(ratios.splits, parts) { outcome.add(split.rawValue, part, pool) }
      return [SplitSet(name: nil, parts: Array(zip(ratios.splits, parts)))]
    }
  }

  private func ratios(_ count: Int) -> SplitRatios {
    if case .ratios(let ratios) = division { return ratios }
    return .automatic(pictures: count)
  }

  private func divided(
    _ pool: SplitPool, _ division: PictureDivision, _ use: String
  ) throws -> [[Int]] {
    let parts =
      isStratified
      ? division.stratified(pool.groups, pool.presence) : division.random(pool.groups)
    // The smallest part gets one picture where the smallest share of all makes half of one.
    let least = Int(min(1e9, (0.5 / (division.shares.min() ?? 1)).rounded(.up)))
    guard parts.allSatisfy({ !$0.isEmpty }) else {
      throw DatasetError.tooFewPictures(
        count: pool.groups.groups.count, use: use, least: max(parts.count, least))
    }
    return parts
  }

  /// Splits that are not divided and go on as they are.
  private func kept(
    _ source: DataDescription, besides pool: [DataDescription.Split], _ sets: [SplitSet]
  ) throws -> [DataDescription.Split] {
    let kept = source.splitNames.filter { !pool.contains($0) }
    for split in kept where sets[0].parts.contains(where: { $0.split == split }) {
      throw DatasetError.splitTaken(
        split: split.rawValue, from: pool.map(\.rawValue), parts: sets[0].parts.count)
    }
    return kept
  }

  private func write(
    _ set: SplitSet, _ pool: SplitPool, _ writer: any SplitWriter,
    keeping kept: [DataDescription.Split], of source: DataDescription, to folder: String,
    foundAt final: String, _ outcome: SplitOutcome
  ) throws {
    let drawn = "\(isStratified ? "stratified" : "at random"), seed \(seed)"
    var text = "# \(outcome.words) of \(pool.pictures.count) pictures, \(drawn).\n"
    text += "format: \(writer.format)\npath: \(yamlQuoted(source.root))\n"
    for (split, pictures) in set.parts {
      let said = try writer.write(
        pictures, to: "\(folder)/\(split)", foundAt: "\(final)/\(split)")
      text += "\(split): \(said)\n"
    }
    for split in kept {
      if let place = source.splits[split] { text += "\(split): \(place.yaml)\n" }
    }
    if writer.format == .voc { text += "vocCoordinates: \(source.vocCoordinates)\n" }
    if writer.format != .coco { text += LayoutText.namesLine(pool.classNames) }
    try OutputFile.write(text, to: folder + "/data.yaml")
  }
}

extension DataDescription.Source {
  fileprivate var yaml: String {
    switch self {
    case .lists(let lists): "[" + lists.map(yamlQuoted).joined(separator: ", ") + "]"
    case .coco(let images, let annotations):
      "{images: \(yamlQuoted(images)), annotations: \(yamlQuoted(annotations))}"
    }
  }
}
