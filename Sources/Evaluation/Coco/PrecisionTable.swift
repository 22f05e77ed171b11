/// Precision and recall for every class, area range and threshold: what all figures are means of.
package struct PrecisionTable: Sendable {
  package let settings: CocoSettings
  package let classCount: Int
  /// `[classes, area ranges, overlap thresholds, recall thresholds]`, at the largest limit: the
  /// highest precision at this recall or beyond. Zero where the class has no objects.
  package let precisions: [Double]
  /// `[classes, area ranges, overlap thresholds, limits]`
  package let recalls: [Double]
  /// `[classes, area ranges]`: how many objects count; where none does, nothing is defined.
  package let instances: [Int]

  /// - Parameter rows: of every class, in order.
  init(_ settings: CocoSettings, rows: [ClassRows]) {
    self.settings = settings
    classCount = rows.count
    precisions = rows.flatMap(\.precisions)
    recalls = rows.flatMap(\.recalls)
    instances = rows.flatMap(\.instances)
  }

  /// How many objects of a class count in a range; nil for a range that was not evaluated.
  package func instances(category: Int, in range: AreaRange = .all) -> Int? {
    settings.areaRanges.firstIndex(of: range).map { instances[cell(category, $0)] }
  }

  /// Precision at each of the settings' recalls; nil where undefined.
  package func curve(category: Int, in range: AreaRange = .all, overlap: Double) -> [Double]? {
    guard let area = settings.areaRanges.firstIndex(of: range),
      let threshold = settings.overlapThresholds.firstIndex(of: overlap),
      instances[cell(category, area)] > 0
    else { return nil }
    return Array(precisions[row(category, area, threshold, settings.recallThresholds.count)])
  }

  /// Mean precision over recalls, over the overlap thresholds or at one, over all classes or some.
  ///
  /// - Returns: nil where no object counts, or for a range or threshold that was not evaluated.
  package func averagePrecision(
    in range: AreaRange = .all, overlap: Double? = nil, categories: [Int]? = nil
  ) -> Double? {
    let columns = settings.recallThresholds.count
    return mean(range, overlap, categories) { precisions[row($0, $1, $2, columns)] }
  }

  /// Mean over thresholds or at one, over all classes or some, of the recall reached with at most
  /// `limit` detections of a class in an image; the largest limit if nil.
  ///
  /// - Returns: nil where no object counts, or for a range, threshold or limit that was not
  ///   evaluated.
  package func averageRecall(
    in range: AreaRange = .all, overlap: Double? = nil, limit: Int? = nil, categories: [Int]? = nil
  ) -> Double? {
    let limits = settings.detectionLimits
    guard let column = limits.firstIndex(of: limit ?? settings.largestLimit) else { return nil }
    return mean(range, overlap, categories) {
      let start = row($0, $1, $2, limits.count).lowerBound + column
      return recalls[start..<start + 1]
    }
  }

  private func mean(
    _ range: AreaRange, _ overlap: Double?, _ categories: [Int]?,
    _ values: (_ category: Int, _ area: Int, _ threshold: Int) -> ArraySlice<Double>
  ) -> Double? {
    guard let area = settings.areaRanges.firstIndex(of: range) else { return nil }
    var sum = 0.0
    var count = 0
    let all = settings.overlapThresholds
    for category in categories ?? Array(0..<classCount)
    where instances[cell(category, area)] > 0 {
      for threshold in all.indices where overlap == nil || overlap == all[threshold] {
        let row = values(category, area, threshold)
        sum += row.reduce(0, +)
        count += row.count
      }
    }
    return count > 0 ? sum / Double(count) : nil
  }

  private func cell(_ category: Int, _ area: Int) -> Int {
    category * settings.areaRanges.count + area
  }

  private func row(_ category: Int, _ area: Int, _ threshold: Int, _ columns: Int) -> Range<Int> {
    let row = cell(category, area) * settings.overlapThresholds.count + threshold
    return row * columns..<(row + 1) * columns
  }
}
