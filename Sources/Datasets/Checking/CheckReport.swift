/// What a check found in a data set.
public struct CheckReport: Sendable {
  public struct Split: Encodable, Sendable {
    public var split: String
    public var pictures: Int
    /// As written, whatever is wrong with them.
    public var objects: Int
  }

  /// The description, or the folder or file that was recognised.
  public let data: String
  /// Folder of the data.
  public let root: String
  /// The training size that objects were measured at.
  public let size: CanvasSize
  public let splits: [Split]
  public let classes: ClassCounts
  /// The worst first; kinds that were not found are absent.
  public let findings: [CheckFinding]

  init(
    _ data: CheckedData, size: CanvasSize, classes: ClassCounts, findings: [CheckFinding]
  ) {
    self.data = data.description.file
    root = data.description.root
    self.size = size
    splits = data.splits.map {
      Split(
        split: $0.name.rawValue, pictures: $0.written.pictures.count,
        objects: $0.written.objects.count)
    }
    self.classes = classes
    self.findings = findings
  }

  /// Whether anything was found that reading refuses, leaves out or changes.
  public var isBroken: Bool { findings.contains { $0.kind.severity == .error } }

  public func count(of kind: CheckFinding.Kind) -> Int {
    findings.first { $0.kind == kind }?.places.count ?? 0
  }
}

extension CheckReport: Encodable {
  private struct Class: Encodable {
    var label: String
    /// By split.
    var objects: [String: Int]
  }

  enum CodingKeys: String, CodingKey { case data, size, broken, splits, classes, findings }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(data, forKey: .data)
    try container.encode([size.height, size.width], forKey: .size)
    try container.encode(isBroken, forKey: .broken)
    try container.encode(splits, forKey: .splits)
    let names = splits.map(\.split)
    try container.encode(
      zip(classes.names, classes.counts).map { name, counts in
        Class(label: name, objects: Dictionary(uniqueKeysWithValues: zip(names, counts)))
      }, forKey: .classes)
    try container.encode(findings, forKey: .findings)
  }
}
