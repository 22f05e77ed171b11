/// The errors of one class, or of all.
///
/// A detection counts in its own class, a missed object in its. What mending costs or gains is read
/// in each class apart: an error of classification costs the class that was taken for another as
/// well.
package struct ErrorFigures: Encodable, Hashable, Sendable {
  /// A class's name, or "all".
  package var label: String
  /// Objects that count.
  package var instances: Int
  /// At the foreground overlap; of all classes the mean. Undefined without objects.
  package var ap: Figure
  /// Detections that are wrong, for whatever reason; the cost is what ranking them all last gains.
  package var falsePositives = ErrorCost()
  /// Objects that nothing takes; the cost is what not counting them gains.
  package var falseNegatives = ErrorCost()

  init(label: String, instances: Int, ap: Double?) {
    self.label = label
    self.instances = instances
    self.ap = Figure(ap)
  }

  private var kinds = [ErrorCost](repeating: ErrorCost(), count: ErrorKind.allCases.count)

  package internal(set) subscript(kind: ErrorKind) -> ErrorCost {
    get { kinds[kind.rawValue] }
    set { kinds[kind.rawValue] = newValue }
  }

  mutating func add(_ mistake: ErrorLedger.Mistake) {
    self[mistake.kind].count += 1
    if mistake.isIgnored {
      self[mistake.kind].ignored += 1
    } else {
      falsePositives.count += 1
    }
  }

  private enum CodingKeys: String, CodingKey {
    case label, instances
    case ap = "AP"
    case classification, localisation, both, duplicate, background, missed
    case falsePositives, falseNegatives
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(label, forKey: .label)
    try container.encode(instances, forKey: .instances)
    try container.encode(ap, forKey: .ap)
    for kind in ErrorKind.allCases {
      try container.encode(self[kind], forKey: CodingKeys(rawValue: kind.name)!)
    }
    try container.encode(falsePositives, forKey: .falsePositives)
    try container.encode(falseNegatives, forKey: .falseNegatives)
  }
}

/// How many errors there are of a kind and what they cost.
package struct ErrorCost: Encodable, Hashable, Sendable {
  package var count = 0
  /// Of ``count`` those on a crowd or an ignored object, which cost nothing as they stand; tidecv
  /// counts them as well, since mended they may hit.
  package var ignored = 0
  /// tidecv's dAP. Undefined where AP is, as found or mended.
  package var cost = Figure(nil)

  enum CodingKeys: String, CodingKey {
    case count, ignored
    case cost = "dAP"
  }
}
