/// Precision and recall of one class for every area range and threshold: its rows of a
/// ``PrecisionTable``.
struct ClassRows: Sendable {
  private let settings: CocoSettings
  /// `[area ranges, overlap thresholds, recall thresholds]`
  private(set) var precisions: [Double]
  /// `[area ranges, overlap thresholds, limits]`
  private(set) var recalls: [Double]
  /// Objects that count, by area range.
  let instances: [Int]

  /// All zero: what holds where nothing is detected.
  init(_ settings: CocoSettings, instances: [Int]) {
    self.settings = settings
    self.instances = instances
    let rows = settings.areaRanges.count * settings.overlapThresholds.count
    precisions = Array(repeating: 0, count: rows * settings.recallThresholds.count)
    recalls = Array(repeating: 0, count: rows * settings.detectionLimits.count)
  }

  mutating func setPrecision(_ value: Double, area: Int, threshold: Int, at recall: Int) {
    precisions[row(area, threshold) * settings.recallThresholds.count + recall] = value
  }

  mutating func setRecall(_ value: Double, area: Int, threshold: Int, at limit: Int) {
    recalls[row(area, threshold) * settings.detectionLimits.count + limit] = value
  }

  private func row(_ area: Int, _ threshold: Int) -> Int {
    area * settings.overlapThresholds.count + threshold
  }
}
