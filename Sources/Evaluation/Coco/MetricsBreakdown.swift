/// What a table's figures are means of: by overlap, by area range, by limit, and for each class by
/// area range. All in 0 … 1; undefined where no object counts.
package struct MetricsBreakdown: Hashable, Sendable {
  package var overlaps: [OverlapMetrics]
  package var areas: [AreaMetrics]
  package var limits: [LimitMetrics]
  package var classes: [ClassBreakdown]

  package init(_ table: PrecisionTable, labels: [String]) {
    let settings = table.settings
    overlaps = settings.overlapThresholds.map { OverlapMetrics(table, overlap: $0) }
    areas = settings.areaRanges.map { AreaMetrics(table, $0) }
    limits = settings.detectionLimits.map { limit in
      LimitMetrics(limit: limit, ar: Figure(table.averageRecall(limit: limit)))
    }
    classes = labels.enumerated().map { ClassBreakdown(table, category: $0, label: $1) }
  }
}

/// Over all areas, at one overlap.
package struct OverlapMetrics: Encodable, Hashable, Sendable {
  package var overlap: Double
  package var ap: Figure
  package var ar: Figure

  init(_ table: PrecisionTable, overlap: Double) {
    self.overlap = overlap
    ap = Figure(table.averagePrecision(overlap: overlap))
    ar = Figure(table.averageRecall(overlap: overlap))
  }

  enum CodingKeys: String, CodingKey {
    case overlap = "iou"
    case ap = "AP"
    case ar = "AR"
  }
}

/// Over all overlaps, of objects in one range of areas; of all classes or of one.
package struct AreaMetrics: Encodable, Hashable, Sendable {
  package var name: String
  /// Square pixels, both ends within.
  package var low: Double
  package var high: Double
  /// Objects that count.
  package var instances: Int
  package var ap: Figure
  package var ap50: Figure
  package var ar: Figure

  init(_ table: PrecisionTable, _ range: AreaRange, category: Int? = nil) {
    (name, low, high) = (range.name, range.lower, range.upper)
    let categories = category.map { [$0] }
    instances = (categories ?? Array(0..<table.classCount))
      .map { table.instances(category: $0, in: range) ?? 0 }.reduce(0, +)
    ap = Figure(table.averagePrecision(in: range, categories: categories))
    ap50 = Figure(table.averagePrecision(in: range, overlap: 0.5, categories: categories))
    ar = Figure(table.averageRecall(in: range, categories: categories))
  }

  enum CodingKeys: String, CodingKey {
    case name, low, high, instances
    case ap = "AP"
    case ap50 = "AP50"
    case ar = "AR"
  }
}

/// Over all areas and overlaps, with so many detections of a class in an image.
package struct LimitMetrics: Encodable, Hashable, Sendable {
  package var limit: Int
  package var ar: Figure

  enum CodingKeys: String, CodingKey {
    case limit = "maxDetections"
    case ar = "AR"
  }
}

/// One class: over all areas, and by area range.
package struct ClassBreakdown: Encodable, Hashable, Sendable {
  package var label: String
  package var instances: Int
  package var ap: Figure
  package var ap50: Figure
  package var ar: Figure
  package var areas: [AreaMetrics]

  init(_ table: PrecisionTable, category: Int, label: String) {
    self.label = label
    instances = table.instances(category: category) ?? 0
    ap = Figure(table.averagePrecision(categories: [category]))
    ap50 = Figure(table.averagePrecision(overlap: 0.5, categories: [category]))
    ar = Figure(table.averageRecall(categories: [category]))
    areas = table.settings.areaRanges.map { AreaMetrics(table, $0, category: category) }
  }

  enum CodingKeys: String, CodingKey {
    case label, instances, areas
    case ap = "AP"
    case ap50 = "AP50"
    case ar = "AR"
  }
}
