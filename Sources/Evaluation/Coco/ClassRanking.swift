/// All detections of one class over all images, and the curve of precision against recall that
/// comes of ranking them by score.
struct ClassRanking: Sendable {
  private let settings: CocoSettings
  /// Score of each detection kept, images in order, best first within an image.
  private var scores: [Double] = []
  /// Place of each detection in its image, best first from 0.
  private var places: [Int] = []
  /// `[area ranges][detections]`
  private var outcomes: [[Outcome]]
  /// Objects that count, by area range.
  private var instances: [Int]
  private var cells: [Cell] = []

  /// One image's part of the class.
  struct Cell: Sendable {
    var image: Int
    var detections: Int
    /// Objects that count in the first area range.
    var instances: Int
  }

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
    let before = instances[0]
    matcher.load(objects, detections)
    for (area, range) in settings.areaRanges.enumerated() {
      instances[area] += matcher.match(range, into: &outcomes[area])
    }
    guard let image = objects.first?.image ?? detections.first?.image else { return }
    cells.append(
      Cell(image: image, detections: detections.count, instances: instances[0] - before))
  }

  /// The class's rows of the table.
  func rows() -> ClassRows {
    let order = descendingOrder(of: scores)
    var rows = ClassRows(settings, instances: instances)
    var precisions: [Double] = []
    for area in settings.areaRanges.indices where instances[area] > 0 {
      let ranked = order.map { outcomes[area][$0] }
      for threshold in settings.overlapThresholds.indices {
        collectPrecisions(of: ranked, bit: 1 << UInt64(threshold), into: &precisions)
        fillPrecision(&rows, precisions, area, threshold)
        fillRecall(&rows, area, threshold)
      }
    }
    return rows
  }

  /// The detections that count in the first area range at the first threshold, best score first,
  /// and how many objects count there.
  func ranking() -> (detections: [RankedDetection], instances: Int) {
    let detections = descendingOrder(of: scores).compactMap { index -> RankedDetection? in
      let outcome = outcomes[0][index]
      guard (outcome.truePositive | outcome.falsePositive) & 1 != 0 else { return nil }
      return RankedDetection(score: scores[index], isHit: outcome.truePositive & 1 != 0)
    }
    return (detections, instances[0])
  }

  /// The first area range with a weight for each image.
  func weighted() -> WeightedRanking {
    WeightedRanking(
      settings, cells: cells, order: descendingOrder(of: scores), outcomes: outcomes[0])
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
    raiseToEnvelope(&precisions)
  }

  private func fillPrecision(
    _ rows: inout ClassRows, _ precisions: [Double], _ area: Int, _ threshold: Int
  ) {
    var hit = 0
    for (index, recall) in settings.recallThresholds.enumerated() {
      while hit < precisions.count && Double(hit + 1) / Double(instances[area]) < recall {
        hit += 1
      }
      guard hit < precisions.count else { return }
      rows.setPrecision(precisions[hit], area: area, threshold: threshold, at: index)
    }
  }

  private func fillRecall(_ rows: inout ClassRows, _ area: Int, _ threshold: Int) {
    let bit: UInt64 = 1 << UInt64(threshold)
    var hits = [Int](repeating: 0, count: settings.detectionLimits.count)
    for (place, outcome) in zip(places, outcomes[area]) where outcome.truePositive & bit != 0 {
      for (index, limit) in settings.detectionLimits.enumerated() where place < limit {
        hits[index] += 1
      }
    }
    for (index, hits) in hits.enumerated() {
      let recall = Double(hits) / Double(instances[area])
      rows.setRecall(recall, area: area, threshold: threshold, at: index)
    }
  }
}

/// A detection that counts, in a ranking.
struct RankedDetection: Sendable {
  var score: Double
  var isHit: Bool
}

/// Raises each precision to the highest that follows it.
func raiseToEnvelope(_ precisions: inout [Double]) {
  for index in precisions.indices.dropLast().reversed() {
    precisions[index] = max(precisions[index], precisions[index + 1])
  }
}

/// Positions by falling score, equal scores as they came, NaN last.
func descendingOrder(of scores: some Collection<Double>) -> [Int] {
  let keyed = scores.enumerated().map { (key: rankable($1), index: $0) }
  return keyed.sorted { $0.key != $1.key ? $0.key > $1.key : $0.index < $1.index }.map(\.index)
}

/// A score that has a place in every order.
func rankable(_ score: Double) -> Double { score.isNaN ? -.infinity : score }
