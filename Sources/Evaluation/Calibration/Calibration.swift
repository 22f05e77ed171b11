/// Whether scores are the probabilities that they look like: how often detections of a score are
/// right, at one overlap, of each class and of all.
///
/// Detections that count, matched as by COCO, are put into bins of equal width by score. The
/// expected calibration error is `ECE = Σ nᵢ / n · |pᵢ − sᵢ|` over bins of nᵢ detections with mean
/// score sᵢ, of which the part pᵢ is right; the greatest error is `MCE = max |pᵢ − sᵢ|`.
///
/// Guo, Pleiss, Sun, Weinberger: *On Calibration of Modern Neural Networks*, ICML 2017, §2, for
/// classifiers; with precision in the place of accuracy Küppers, Kronenberger, Shantia, Haselhoff:
/// *Multivariate Confidence Calibration for Object Detection*, CVPR workshops 2020, §3.
package struct Calibration: Encodable, Hashable, Sendable {
  /// Guo et al., §4.
  package static let usualBinCount = 15

  package var overlap: Double
  package var all: CalibrationCurve
  /// In the truth's order of classes.
  package var perClass: [CalibrationCurve]

  init(_ ranked: RankedClasses, binCount: Int) {
    overlap = ranked.overlap
    all = CalibrationCurve(ranked.all, binCount: binCount)
    perClass = ranked.perClass.map { CalibrationCurve($0, binCount: binCount) }
  }

  /// - Parameters:
  ///   - overlap: IoU from which a detection finds an object.
  ///   - limit: detections of one class that count in one image, best first.
  package init(
    _ truth: CocoTruth, _ detections: [CocoDetection], overlap: Double = 0.5, limit: Int = 100,
    binCount: Int = usualBinCount
  ) {
    self.init(
      RankedClasses(truth, detections, overlap: overlap, limit: limit), binCount: binCount)
  }

  enum CodingKeys: String, CodingKey {
    case overlap = "iou"
    case all, perClass
  }
}

/// One class's reliability diagram and what it comes to.
package struct CalibrationCurve: Encodable, Hashable, Sendable {
  /// A class's name, or "all".
  package var label: String
  /// Detections that count.
  package var detections: Int
  /// Undefined without detections.
  package var expectedError: Figure
  package var greatestError: Figure
  package var bins: [CalibrationBin]

  /// Scores must lie in 0 … 1.
  init(_ ranked: RankedClass, binCount: Int) {
    var tallies = Array(repeating: Tally(), count: binCount)
    for detection in ranked.detections {
      precondition((0...1).contains(detection.score), "calibration of a score \(detection.score)")
      tallies[bin(of: detection.score, binCount: binCount)].add(detection)
    }
    label = ranked.label
    detections = ranked.detections.count
    bins = tallies.enumerated().map { index, tally in
      CalibrationBin(
        low: edge(index, of: binCount), high: edge(index + 1, of: binCount),
        detections: tally.count,
        score: Figure(tally.mean(tally.scores)), precision: Figure(tally.mean(tally.hits)))
    }
    let gaps = bins.compactMap { bin in
      bin.gap.map { (weight: Double(bin.detections), size: abs($0)) }
    }
    greatestError = Figure(gaps.map(\.size).max())
    expectedError = Figure(
      gaps.isEmpty
        ? nil : gaps.map { $0.weight * $0.size }.reduce(0, +) / Double(ranked.detections.count))
  }

  enum CodingKeys: String, CodingKey {
    case label, detections
    case expectedError = "ECE"
    case greatestError = "MCE"
    case bins
  }
}

/// Detections of scores above ``low`` and up to ``high``; 0 belongs to the first.
package struct CalibrationBin: Encodable, Hashable, Sendable {
  package var low: Double
  package var high: Double
  package var detections: Int
  /// Means over the bin's detections; undefined in an empty bin.
  package var score: Figure
  package var precision: Figure

  /// Mean score less precision: positive where scores promise too much.
  package var gap: Double? {
    guard let score = score.value, let precision = precision.value else { return nil }
    return score - precision
  }
}

private struct Tally {
  var count = 0
  var hits = 0.0
  var scores = 0.0

  mutating func add(_ detection: RankedDetection) {
    count += 1
    hits += detection.isHit ? 1 : 0
    scores += detection.score
  }

  func mean(_ sum: Double) -> Double? { count > 0 ? sum / Double(count) : nil }
}

private func edge(_ index: Int, of binCount: Int) -> Double { Double(index) / Double(binCount) }

/// The bin whose edges hold a score, as they are rounded.
private func bin(of score: Double, binCount: Int) -> Int {
  var bin = min(max(Int(score * Double(binCount)), 0), binCount - 1)
  while bin > 0 && score <= edge(bin, of: binCount) { bin -= 1 }
  while score > edge(bin + 1, of: binCount) { bin += 1 }
  return bin
}
