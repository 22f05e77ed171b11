/// What came of dividing a data set.
public struct SplitOutcome: Sendable, Encodable {
  public struct Part: Sendable, Encodable {
    public var name: String
    public var pictures: Int
    /// Without targets.
    public var emptyPictures: Int
    public var objects: Int
    public var classes: [ClassCount]
  }

  public struct ClassCount: Sendable, Encodable {
    public var label: String
    public var objects: Int
    /// With at least one of them.
    public var pictures: Int
  }

  /// The description or folder that was divided.
  public let source: String
  public let seed: UInt64
  public let stratified: Bool
  /// Of all that was divided.
  public let pictures: Int
  /// E.g. `8:2`, or `5 folds`.
  public internal(set) var words = ""
  public private(set) var parts: [Part] = []
  /// Paths of what was written for `--data`.
  public internal(set) var descriptions: [String] = []
  /// What there is to know, a sentence each.
  public internal(set) var notes: [String]

  init(_ pool: SplitPool, _ source: DataDescription, seed: UInt64, isStratified: Bool) {
    self.source = source.file
    self.seed = seed
    stratified = isStratified
    pictures = pool.pictures.count
    notes = pool.notes
  }

  mutating func add(_ name: String, _ pictures: [Int], _ pool: SplitPool) {
    var classes = pool.classNames.map { ClassCount(label: $0, objects: 0, pictures: 0) }
    for picture in pictures {
      let targets = pool.pictures[picture].targets
      for index in targets { classes[index].objects += 1 }
      for index in Set(targets) { classes[index].pictures += 1 }
    }
    parts.append(
      Part(
        name: name, pictures: pictures.count,
        emptyPictures: pictures.count { pool.pictures[$0].targets.isEmpty },
        objects: classes.reduce(0) { $0 + $1.objects }, classes: classes))
  }

  enum CodingKeys: String, CodingKey {
    case source, seed, stratified, pictures, parts, descriptions, notes
    case words = "division"
  }
}
