/// Every class's ranking, matched once, for average precision over sets in which each image is
/// there any number of times.
struct WeightedSet: Sendable {
  let imageCount: Int
  private let overlaps: [Double]
  private let classes: [WeightedRanking]

  init(_ truth: CocoTruth, _ detections: [CocoDetection], _ settings: CocoSettings) {
    let settings = CocoSettings(
      overlapThresholds: settings.overlapThresholds, recallThresholds: settings.recallThresholds,
      detectionLimits: [settings.largestLimit], areaRanges: [.all])
    imageCount = truth.imageIDs.count
    overlaps = settings.overlapThresholds
    classes = CocoEvaluator(settings).rankings(truth, detections) { $0.weighted() }
  }

  /// COCO's AP, AP50 and AP75.
  ///
  /// - Parameter weights: of each image, how many times it is there.
  func figures(
    _ weights: [Int32], _ scratch: inout WeightedRanking.Scratch
  ) -> AveragePrecisions {
    var sums = Array(repeating: 0.0, count: overlaps.count)
    var count = 0.0
    for ranking in classes {
      guard let values = ranking.averagePrecisions(weights, &scratch) else { continue }
      count += 1
      for (index, value) in values.enumerated() { sums[index] += value }
    }
    guard count > 0 else { return AveragePrecisions() }
    let means = sums.map { $0 / count }
    func at(_ overlap: Double) -> Double? { overlaps.firstIndex(of: overlap).map { means[$0] } }
    return AveragePrecisions(
      ap: means.reduce(0, +) / Double(means.count), ap50: at(0.5), ap75: at(0.75))
  }

  /// Each image once.
  var figures: AveragePrecisions {
    var scratch = WeightedRanking.Scratch()
    return figures(Array(repeating: 1, count: imageCount), &scratch)
  }
}

/// The figures that have intervals; nil where no object counts or the overlap was not evaluated.
struct AveragePrecisions: Hashable, Sendable {
  var ap: Double?
  var ap50: Double?
  var ap75: Double?
}
