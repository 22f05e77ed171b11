/// How many errors of each kind there are and what each kind costs in average precision at one
/// overlap: the figures of tidecv, in 0 … 1.
///
/// The cost of a kind (tidecv's dAP) is how much AP would gain if this kind alone were mended, at
/// least 0; costs do not add up to what is missing. Here at most ``limit`` detections count in an
/// image, all classes together, and a class with detections and no object weighs as AP 0, so that
/// ``ap`` can lie below COCO's AP50.
///
/// Bolya, Foley, Hays, Hoffman: *TIDE: A General Toolbox for Identifying Object Detection Errors*,
/// ECCV 2020; tidecv 1.0.1.
package struct ErrorBreakdown: Encodable, Hashable, Sendable {
  package var foreground: Double
  package var background: Double
  package var limit: Int
  package var all: ErrorFigures
  package var perClass: [ErrorFigures]

  init(_ ledger: ErrorLedger, labels: [String], evaluator: ErrorEvaluator) {
    (foreground, background) = (evaluator.foreground, evaluator.background)
    limit = evaluator.limit
    let asFound = ledger.asFound
    all = ErrorFigures(
      label: "all", instances: ledger.instances.reduce(0, +), ap: asFound.meanAveragePrecision)
    perClass = labels.enumerated().map { category, label in
      ErrorFigures(
        label: label, instances: ledger.instances[category],
        ap: asFound[category].averagePrecision)
    }
    count(ledger)
    for kind in ErrorKind.allCases {
      setCosts(of: ledger.mended(.kind(kind)), in: \.[kind], atLeast: 0)
    }
    setCosts(of: ledger.mended(.falsePositives), in: \.falsePositives, atLeast: -.infinity)
    setCosts(of: ledger.mended(.falseNegatives), in: \.falseNegatives, atLeast: -.infinity)
  }

  private mutating func count(_ ledger: ErrorLedger) {
    for mistake in ledger.mistakes {
      all.add(mistake)
      perClass[mistake.category].add(mistake)
    }
    for category in perClass.indices {
      perClass[category][.missed].count = ledger.missed[category]
      perClass[category].falseNegatives.count = ledger.untaken[category]
    }
    all[.missed].count = ledger.missed.reduce(0, +)
    all.falseNegatives.count = ledger.untaken.reduce(0, +)
  }

  /// - Parameter least: tidecv takes a negative cost of a kind, which comes of reading precision at
  ///   fixed recalls, for none.
  private mutating func setCosts(
    of mended: [ErrorLedger.Ranked], in row: WritableKeyPath<ErrorFigures, ErrorCost>,
    atLeast least: Double
  ) {
    all[keyPath: row].cost = cost(from: all.ap, to: mended.meanAveragePrecision, atLeast: least)
    for (category, ranked) in mended.enumerated() {
      perClass[category][keyPath: row].cost = cost(
        from: perClass[category].ap, to: ranked.averagePrecision, atLeast: least)
    }
  }

  private func cost(from ap: Figure, to mended: Double?, atLeast least: Double) -> Figure {
    guard let ap = ap.value, let mended else { return Figure(nil) }
    return Figure(max(mended - ap, least))
  }

  enum CodingKeys: String, CodingKey {
    case foreground = "foregroundIoU"
    case background = "backgroundIoU"
    case limit = "maxDetections"
    case perClass
  }

  /// The figures of all classes stand beside the thresholds.
  package func encode(to encoder: any Encoder) throws {
    try all.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(foreground, forKey: .foreground)
    try container.encode(background, forKey: .background)
    try container.encode(limit, forKey: .limit)
    try container.encode(perClass, forKey: .perClass)
  }
}
