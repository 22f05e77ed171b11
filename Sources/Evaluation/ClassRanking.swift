/// All detections of one class over all images, and the curve of precision against recall that
/// comes of ranking them by score.
struct ClassRanking {
  private let settings: CocoSettings
  /// Score of each detection kept, images in order, best first within an image.
  private var scores: [Double] = []
  /// Place of each detection in its image, best first from 0.
  private var places: [Int] = []
  /// `[area ranges][detections]`
  private var outcomes: [[Outcome]]
  /// Objects that count, by area range.
  private var instances: [Int]

  init(_ settings: CocoSettings) {
    self.settings = settings
    outcomes = Array(repeating: [], count: settings.areaRanges.count)
    instances = Array(repeating: 0, count: settings.areaRanges.count)
  }

  /// Adds one image's detections, best first, and objects of this class.
  mutating func add(
    _ objects: ArraySlice<CocoObject>, _ detections: ArraySlice<CocoDetection>,
    with matcher: inout CellMatcher
  ) {
    for (place, detection) in detections.enumerated() {
      scores.append(detection.score)
      places.append(place)
    }
    matcher.load(objects, detections)
    for (area, range) in settings.areaRanges.enumerated() {
      instances[area] += matcher.match(range, into: &outcomes[area])
    }
  }

  /// Writes the class's rows of the table.
  func fill(_ table: inout PrecisionTable, category: Int) {
    let order = descendingOrder(of: scores)
    var precisions: [Double] = []
    for area in settings.areaRanges.indices where instances[area] > 0 {
      table.setInstances(instances[area], category: category, area: area)
      let ranked = order.map { outcomes[area][$0] }
      for threshold in settings.overlapThresholds.indices {
        collectPrecisions(of: ranked, bit: 1 << UInt64(threshold), into: &precisions)
        fillPrecision(&table, precisions, category, area, threshold)
        fillRecall(&table, category, area, threshold)
      }
    }
  }

  /// For each true positive, the highest precision reached there or further down the ranking.
  ///
  /// Precision falls between true positives and recall stands still, so that nothing else of the
  /// curve is ever read.
  private func collectPrecisions(
    of ranked: [Outcome], bit: UInt64, into precisions: inout [Double]
  ) {
    precisions.removeAll(keepingCapacity: true)
    var hits = 0.0
    var misses = 0.0
    for outcome in ranked {
      if outcome.truePositive & bit != 0 {
        hits += 1
        // The unit of rounding is pycocotools' guard against 0 / 0, kept to agree to the last bit.
        precisions.append(hits / (misses + hits + .ulpOfOne))
      } else if outcome.falsePositive & bit != 0 {
        misses += 1
      }
    }
    for index in precisions.indices.dropLast().reversed() {
      precisions[index] = max(precisions[index], precisions[index + 1])
    }
  }

  private func fillPrecision(
    _ table: inout PrecisionTable, _ precisions: [Double], _ category: Int, _ area: Int,
    _ threshold: Int
  ) {
    var hit = 0
    for (index, recall) in settings.recallThresholds.enumerated() {
      while hit < precisions.count && Double(hit + 1) / Double(instances[area]) < recall {
        hit += 1
      }
      guard hit < precisions.count else { return }
      table.setPrecision(precisions[hit], category, area, threshold, at: index)
    }
  }

  private func fillRecall(
    _ table: inout PrecisionTable, _ category: Int, _ area: Int, _ threshold: Int
  ) {
    let bit: UInt64 = 1 << UInt64(threshold)
    for (index, limit) in settings.detectionLimits.enumerated() {
      var hits = 0
      for (place, outcome) in zip(places, outcomes[area])
      where place < limit && outcome.truePositive & bit != 0 { hits += 1 }
      let recall = Double(hits) / Double(instances[area])
      table.setRecall(recall, category, area, threshold, at: index)
    }
  }
}

/// Positions by falling score, equal scores as they came, NaN last.
func descendingOrder(of scores: some Collection<Double>) -> [Int] {
  let keyed = scores.enumerated().map { (key: $1.isNaN ? -.infinity : $1, index: $0) }
  return keyed.sorted { $0.key != $1.key ? $0.key > $1.key : $0.index < $1.index }.map(\.index)
}
