/// Two runs on the same images: AP, AP50 and AP75 of both, and whether they differ by more than
/// chance.
///
/// The interval of the difference comes of drawing images with replacement, the same ones for both
/// runs. The p-value is that of a paired permutation test: if the runs were equally good, it would
/// not matter which of the two a picture's detections are said to be from. Swapping them in each
/// image with probability ½, again and again, `p = (1 + c) / (1 + N)` for c of N swapped sets whose
/// difference is at least as large, in whatever direction.
///
/// Efron, Tibshirani: *An Introduction to the Bootstrap*, 1993, §13.3 and ch. 15; Phipson, Smyth:
/// *Permutation P-values Should Never Be Zero*, SAGMB 2010, equation 2 (the added one).
package struct PairedComparison: Encodable, Hashable, Sendable {
  package var samples: Int
  package var seed: UInt64
  package var images: Int
  package var ap: PairedFigure
  package var ap50: PairedFigure
  package var ap75: PairedFigure

  /// - Parameter others: the detections that `detections` are compared with.
  package init(
    _ truth: CocoTruth, _ detections: [CocoDetection], against others: [CocoDetection],
    settings: CocoSettings = CocoSettings(), resampling: Resampling = Resampling()
  ) {
    let pair = PairedSets(truth, detections, others, settings)
    let drawn = pair.bootstrap(resampling)
    let swapped = pair.permutations(resampling)
    samples = resampling.count
    seed = resampling.seed
    images = truth.imageIDs.count
    func figure(_ value: (AveragePrecisions) -> Double?) -> PairedFigure {
      PairedFigure(
        pair.figures.difference(value), drawn: drawn.map { $0.difference(value).value },
        swapped: swapped.map { $0.difference(value).value })
    }
    ap = figure(\.ap)
    ap50 = figure(\.ap50)
    ap75 = figure(\.ap75)
  }

  enum CodingKeys: String, CodingKey {
    case samples, seed, images
    case ap = "AP"
    case ap50 = "AP50"
    case ap75 = "AP75"
  }
}

/// One figure of two runs.
package struct PairedFigure: Encodable, Hashable, Sendable {
  package var first: Figure
  package var second: Figure
  /// The first less the second.
  package var difference: Figure
  /// Of the difference.
  package var interval: Interval
  /// Two-sided; undefined where the difference is.
  package var pValue: Figure

  fileprivate init(_ found: Difference, drawn: [Double?], swapped: [Double?]) {
    first = Figure(found.first)
    second = Figure(found.second)
    difference = Figure(found.value)
    interval = Interval(drawn)
    pValue = Figure(
      found.value.map { value in
        // Sums in another order differ in the last bits.
        let least = abs(value) - 1e-12
        let asLarge = swapped.count { abs($0 ?? 0) >= least }
        return Double(1 + asLarge) / Double(1 + swapped.count)
      })
  }

  enum CodingKeys: String, CodingKey {
    case first = "detections"
    case second = "against"
    case difference, interval, pValue
  }
}

private struct Difference {
  var first: Double?
  var second: Double?

  var value: Double? {
    guard let first, let second else { return nil }
    return first - second
  }
}

/// Figures of two runs on one set.
private struct FigurePair: Sendable {
  var first: AveragePrecisions
  var second: AveragePrecisions

  func difference(_ value: (AveragePrecisions) -> Double?) -> Difference {
    Difference(first: value(first), second: value(second))
  }
}

/// Two runs, each matched once by itself, and once both side by side: as one set of twice the images,
/// the first run's copies and then the second's, in which runs that are swapped in some images are a
/// choice of one copy of each.
private struct PairedSets: Sendable {
  private let imageCount: Int
  private let first: WeightedSet
  private let second: WeightedSet
  private let joined: WeightedSet

  init(
    _ truth: CocoTruth, _ first: [CocoDetection], _ second: [CocoDetection],
    _ settings: CocoSettings
  ) {
    imageCount = truth.imageIDs.count
    self.first = WeightedSet(truth, first, settings)
    self.second = WeightedSet(truth, second, settings)
    var both = truth
    both.imageIDs += truth.imageIDs
    both.objects += copies(truth.objects, \.image, after: imageCount)
    joined = WeightedSet(both, first + copies(second, \.image, after: imageCount), settings)
  }

  var figures: FigurePair { FigurePair(first: first.figures, second: second.figures) }

  func bootstrap(_ resampling: Resampling) -> [FigurePair] {
    resampling.map { sample, scratch in
      let weights = Resampling.bootstrapWeights(
        seed: resampling.seed, sample: sample, imageCount: imageCount)
      return FigurePair(
        first: first.figures(weights, &scratch), second: second.figures(weights, &scratch))
    }
  }

  func permutations(_ resampling: Resampling) -> [FigurePair] {
    resampling.map { sample, scratch in
      let swaps = Resampling.swaps(seed: resampling.seed, sample: sample, imageCount: imageCount)
      let kept: [Int32] = swaps.map { $0 ? 0 : 1 }
      let other: [Int32] = swaps.map { $0 ? 1 : 0 }
      return FigurePair(
        first: joined.figures(kept + other, &scratch),
        second: joined.figures(other + kept, &scratch))
    }
  }
}

/// The same entries for images that stand further back.
private func copies<Entry>(
  _ entries: [Entry], _ image: WritableKeyPath<Entry, Int>, after count: Int
) -> [Entry] {
  entries.map { entry in
    var copy = entry
    copy[keyPath: image] += count
    return copy
  }
}
