/// How far AP, AP50 and AP75 would vary with the images that happen to be in the set.
///
/// As many images are drawn as there are, with replacement, again and again; each drawn set has its
/// own figures, and the interval lies between the quantiles that leave out 2.5 % at either end.
///
/// Efron, Tibshirani: *An Introduction to the Bootstrap*, 1993, §13.3 (percentile interval).
package struct BootstrapIntervals: Encodable, Hashable, Sendable {
  package static let confidence = 0.95

  package var samples: Int
  package var seed: UInt64
  package var images: Int
  package var ap: Interval
  package var ap50: Interval
  package var ap75: Interval

  package init(
    _ truth: CocoTruth, _ detections: [CocoDetection], settings: CocoSettings = CocoSettings(),
    resampling: Resampling = Resampling()
  ) {
    let set = WeightedSet(truth, detections, settings)
    let drawn = resampling.map { sample, scratch in
      set.figures(
        Resampling.bootstrapWeights(
          seed: resampling.seed, sample: sample, imageCount: set.imageCount), &scratch)
    }
    samples = resampling.count
    seed = resampling.seed
    images = set.imageCount
    ap = Interval(drawn.map(\.ap))
    ap50 = Interval(drawn.map(\.ap50))
    ap75 = Interval(drawn.map(\.ap75))
  }

  enum CodingKeys: String, CodingKey {
    case samples, seed, images, confidence
    case ap = "AP"
    case ap50 = "AP50"
    case ap75 = "AP75"
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(samples, forKey: .samples)
    try container.encode(seed, forKey: .seed)
    try container.encode(images, forKey: .images)
    try container.encode(Self.confidence, forKey: .confidence)
    try container.encode(ap, forKey: .ap)
    try container.encode(ap50, forKey: .ap50)
    try container.encode(ap75, forKey: .ap75)
  }
}

/// The middle 95 % of a figure's samples and their standard deviation.
package struct Interval: Encodable, Hashable, Sendable {
  package var low = Figure(nil)
  package var high = Figure(nil)
  package var standardError = Figure(nil)
  /// Samples in which the figure is undefined, since no object was drawn; they are left out.
  package var undefined: Int

  init(_ samples: [Double?]) {
    let values = samples.compactMap(\.self).sorted()
    undefined = samples.count - values.count
    guard let first = values.first, let last = values.last else { return }
    let tail = (1 - BootstrapIntervals.confidence) / 2
    low = Figure(quantile(tail, of: values))
    high = Figure(quantile(1 - tail, of: values))
    guard values.count > 1 else { return }
    // Equal values have no spread, whatever rounding makes of their mean.
    guard first < last else {
      standardError = Figure(0)
      return
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = Figure((squares / Double(values.count - 1)).squareRoot())
  }
}
