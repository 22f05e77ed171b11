/// COCO's twelve figures, in 0 … 1; nil where no object counts.
///
/// Precision is at 100 detections of a class in an image. AP: mean over overlaps 0.50 … 0.95; AP50,
/// AP75: at one overlap; small, medium, large: objects of area up to 32², up to 96², above. AR1,
/// AR10, AR100: recall with so many detections, mean over overlaps. All are means over classes.
public struct CocoMetrics: Codable, Hashable, Sendable {
  public var ap: Double?
  public var ap50: Double?
  public var ap75: Double?
  public var apSmall: Double?
  public var apMedium: Double?
  public var apLarge: Double?
  public var ar1: Double?
  public var ar10: Double?
  public var ar100: Double?
  public var arSmall: Double?
  public var arMedium: Double?
  public var arLarge: Double?
  package var perClass: [ClassMetrics]
  /// How long the evaluation took.
  public var seconds: Double

  package init(_ table: PrecisionTable, labels: [String], seconds: Double) {
    ap = table.averagePrecision()
    ap50 = table.averagePrecision(overlap: 0.5)
    ap75 = table.averagePrecision(overlap: 0.75)
    apSmall = table.averagePrecision(in: .small)
    apMedium = table.averagePrecision(in: .medium)
    apLarge = table.averagePrecision(in: .large)
    ar1 = table.averageRecall(limit: 1)
    ar10 = table.averageRecall(limit: 10)
    ar100 = table.averageRecall(limit: 100)
    arSmall = table.averageRecall(in: .small)
    arMedium = table.averageRecall(in: .medium)
    arLarge = table.averageRecall(in: .large)
    perClass = labels.enumerated().map { ClassMetrics(table, category: $0, label: $1) }
    self.seconds = seconds
  }

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case ap = "AP"
    case ap50 = "AP50"
    case ap75 = "AP75"
    case apSmall = "APsmall"
    case apMedium = "APmedium"
    case apLarge = "APlarge"
    case ar1 = "AR1"
    case ar10 = "AR10"
    case ar100 = "AR100"
    case arSmall = "ARsmall"
    case arMedium = "ARmedium"
    case arLarge = "ARlarge"
    case perClass
    case seconds
  }

  /// The twelve with their names in files, in COCO's order.
  package var figures: [(name: String, value: Double?)] {
    zip(
      CodingKeys.allCases.map(\.rawValue),
      [
        ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge,
      ]
    ).map { (name: $0, value: $1) }
  }

  // Written by hand, since the synthesised method leaves out what is nil and files have null there.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try encodeFigures(to: &container)
    try container.encode(perClass, forKey: .perClass)
  }

  /// All but the classes.
  func encodeFigures(to container: inout KeyedEncodingContainer<CodingKeys>) throws {
    for (key, figure) in zip(CodingKeys.allCases, figures) {
      try container.encode(figure.value, forKey: key)
    }
    try container.encode(seconds, forKey: .seconds)
  }
}

/// One class's line of the table.
package struct ClassMetrics: Codable, Hashable, Sendable {
  package var label: String
  package var ap: Double?
  package var ap50: Double?
  /// How many objects count: crowds and ignored ones do not.
  package var instances: Int

  init(_ table: PrecisionTable, category: Int, label: String) {
    self.label = label
    ap = table.averagePrecision(categories: [category])
    ap50 = table.averagePrecision(overlap: 0.5, categories: [category])
    instances = table.instances(category: category) ?? 0
  }

  package enum CodingKeys: String, CodingKey {
    case label
    case ap = "AP"
    case ap50 = "AP50"
    case instances
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(label, forKey: .label)
    try container.encode(ap, forKey: .ap)
    try container.encode(ap50, forKey: .ap50)
    try container.encode(instances, forKey: .instances)
  }
}
