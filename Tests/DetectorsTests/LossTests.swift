import Boxes
import Detectors
import Foundation
import Networks
import Testing

@Suite struct LogitLossTests {
  private let logits = [-12, -3, -0.7, 0.0, 0.4, 2.5, 9]
  private let step = 1e-5

  private func expectExact(
    _ loss: some LogitLoss, targets: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for logit in logits {
      for target in targets {
        let numeric =
          (loss(logit: logit + step, target: target).value
            - loss(logit: logit - step, target: target).value) / (2 * step)
        let exact = loss(logit: logit, target: target).gradient
        #expect(
          abs(exact - numeric) < 1e-8, "x \(logit), t \(target)", sourceLocation: sourceLocation)
        let single = loss(logit: Float(logit), target: Float(target))
        #expect(abs(Double(single.gradient) - exact) < 1e-5, sourceLocation: sourceLocation)
      }
    }
  }

  @Test func crossEntropy() {
    expectExact(BinaryCrossEntropy(), targets: [0, 0.3, 1])
    // p = ½: −log ½.
    #expect(abs(BinaryCrossEntropy()(logit: 0.0, target: 1).value - log(2)) < 1e-15)
  }

  @Test func focalLoss() {
    expectExact(SigmoidFocalLoss(alpha: 0.25, gamma: 2), targets: [0, 1])
    expectExact(SigmoidFocalLoss(alpha: 0.4, gamma: 1.5), targets: [0, 1])
    // p = 0.9: 0.25·0.1²·(−log 0.9) and 0.75·0.9²·(−log 0.1).
    let loss = SigmoidFocalLoss(alpha: 0.25, gamma: 2)
    let logit = log(9.0)
    #expect(abs(loss(logit: logit, target: 1).value - 0.25 * 0.01 * -log(0.9)) < 1e-12)
    #expect(abs(loss(logit: logit, target: 0).value - 0.75 * 0.81 * -log(0.1)) < 1e-12)
  }

  @Test func qualityFocalLoss() {
    expectExact(QualityFocalLoss(gamma: 2), targets: [0, 0.35, 1])
    expectExact(QualityFocalLoss(gamma: 0), targets: [0, 0.35, 1])
    expectExact(QualityFocalLoss(gamma: 1.5), targets: [0, 0.35, 1])
    // Where score and quality agree there is nothing to learn.
    let atTarget = QualityFocalLoss(gamma: 2)(logit: 0.0, target: 0.5)
    #expect(atTarget.value == 0 && atTarget.gradient == 0)
  }

  @Test func varifocalLoss() {
    expectExact(VarifocalLoss(alpha: 0.75, gamma: 2), targets: [0, 0.35, 1])
    // p = ½: 0.4·log 2 at quality 0.4; 0.75·¼·log 2 where there is nothing.
    let loss = VarifocalLoss(alpha: 0.75, gamma: 2)
    #expect(abs(loss(logit: 0.0, target: 0.4).value - 0.4 * log(2)) < 1e-7)
    #expect(abs(loss(logit: 0.0, target: 0).value - 0.1875 * log(2)) < 1e-12)
  }

  @Test func hugeLogitsStayFinite() {
    for logit in [-1000, 1000] as [Float] {
      for target in [0, 1] as [Float] {
        #expect(BinaryCrossEntropy()(logit: logit, target: target).value.isFinite)
        let focal = SigmoidFocalLoss(alpha: 0.25, gamma: 2)(logit: logit, target: target)
        #expect(focal.value.isFinite && focal.gradient.isFinite)
      }
    }
  }
}

/// The vectorised loss of a picture against the formulas in double.
@Suite struct ClassificationLossTests {
  private let layout = CandidateLayout(
    extents: [Extent(height: 3, width: 7), Extent(height: 2, width: 4)], strides: [8, 16],
    shapes: AnchorShapes(base: 8, scales: [1], ratios: [1]))
  private let classes = 3

  private func logits() -> CandidateValues {
    var logits = CandidateValues(channels: classes, layout: layout)
    for index in logits.values.indices {
      logits.values[index] = 9 * sin(Float(index * index))
    }
    return logits
  }

  private func losses() -> [(ClassificationLoss, (Double, Double) -> (Double, Double))] {
    func exact(_ loss: some LogitLoss) -> (Double, Double) -> (Double, Double) {
      {
        let element = loss(logit: $0, target: $1)
        return (element.value, element.gradient)
      }
    }
    var quality = ClassificationLoss(kind: .quality)
    quality.qualityGamma = 1.5
    var focal = ClassificationLoss(kind: .focal)
    focal.gamma = 2
    let smoothed: (Double, Double) -> (Double, Double) = {
      exact(BinaryCrossEntropy())($0, 0.8 * $1 + 0.1)
    }
    var smoothing = ClassificationLoss(kind: .bce)
    smoothing.labelSmoothing = 0.2
    return [
      (smoothing, smoothed),
      (ClassificationLoss(kind: .varifocal), exact(VarifocalLoss(alpha: 0.75, gamma: 2))),
      (ClassificationLoss(kind: .bce), exact(BinaryCrossEntropy())),
      (ClassificationLoss(kind: .quality), exact(QualityFocalLoss(gamma: 0))),
      (quality, exact(QualityFocalLoss(gamma: 1.5))),
      (focal, exact(SigmoidFocalLoss(alpha: focal.alpha, gamma: 2))),
    ]
  }

  @Test func pictureAddsUpToItsElements() {
    let logits = logits()
    let labels = (0..<layout.count).map { Int32($0 % 5) - 2 }
    let qualities = (0..<layout.count).map { Float($0) / Float(layout.count) }
    for (loss, exact) in losses() {
      var gradients = CandidateValues(channels: classes, layout: layout)
      let total = loss(
        logits, gradients: &gradients, labels: labels, qualities: qualities, scale: 0.5)
      var expected = 0.0
      for channel in 0..<classes {
        for candidate in 0..<layout.count {
          guard labels[candidate] != Assignment.ignored else {
            #expect(gradients[channel, candidate] == 0)
            continue
          }
          let isLabel = labels[candidate] == Int32(channel)
          let target = isLabel ? (loss.kind.ratesQuality ? Double(qualities[candidate]) : 1) : 0
          let (value, slope) = exact(Double(logits[channel, candidate]), target)
          expected += 0.5 * value
          #expect(abs(Double(gradients[channel, candidate]) - 0.5 * slope) < 3e-6)
        }
      }
      #expect(abs(total - expected) < 1e-5 * expected, "\(loss.kind)")
    }
  }

  /// Two classes: logits 1 and −1 of a positive of the first, 0 and 2 of the background; one ignored.
  /// `log(1 + e + 1/e) − 1` and `log(2 + e²)`.
  @Test func softmaxOfAPictureByHand() {
    let layout = CandidateLayout(
      extents: [Extent(height: 1, width: 3)], strides: [8],
      shapes: AnchorShapes(base: 8, scales: [1], ratios: [1]))
    var logits = CandidateValues(channels: 2, layout: layout)
    logits.values = [1, 0, 7, -1, 2, 7]
    var gradients = logits
    let loss = ClassificationLoss(kind: .crossEntropy)
    let total = loss(
      logits, gradients: &gradients, labels: [0, -1, Assignment.ignored], qualities: [1, 1, 1],
      scale: 0.5)
    let e = exp(1.0)
    let sums = [1 + e + 1 / e, 2 + e * e]
    #expect(abs(total - 0.5 * (log(sums[0]) - 1 + log(sums[1]))) < 1e-6)
    let expected = [e / sums[0] - 1, 1 / sums[1], 0, 1 / e / sums[0], e * e / sums[1], 0]
    for (ours, theirs) in zip(gradients.values, expected) {
      #expect(abs(Double(ours) - 0.5 * theirs) < 1e-6)
    }
  }

  /// Dice of one class at logits 0, 0 and an ignored one, the first positive: (½ + 1) / (½ + ½ + 1); the
  /// other class has no positives and p of nearly 0.
  @Test func diceOfAPictureByHand() {
    let layout = CandidateLayout(
      extents: [Extent(height: 1, width: 3)], strides: [8],
      shapes: AnchorShapes(base: 8, scales: [1], ratios: [1]))
    var logits = CandidateValues(channels: 2, layout: layout)
    logits.values = [0, 0, 5, -30, -30, 5]
    var gradients = logits
    let total = ClassificationLoss(kind: .tversky)(
      logits, gradients: &gradients, labels: [0, -1, Assignment.ignored], qualities: [1, 1, 1],
      scale: 2)
    #expect(abs(total - 2 * 0.25) < 1e-6)
    // −(2 − 1.5·½)/4·¼ and −(−1.5·½)/4·¼, twice.
    #expect(abs(gradients.values[0] + 2 * 0.078125) < 1e-6)
    #expect(abs(gradients.values[1] - 2 * 0.046875) < 1e-6)
    #expect(gradients.values[2] == 0 && gradients.values[5] == 0)
  }

  @Test func gradientsOfAPictureAreThoseOfItsLoss() {
    let labels = (0..<layout.count).map { Int32($0 % 5) - 2 }
    let qualities = (0..<layout.count).map { Float($0) / Float(layout.count) }
    for kind in ClassificationLoss.Kind.allCases {
      let loss = ClassificationLoss(kind: kind)
      var logits = CandidateValues(channels: classes, layout: layout)
      for index in logits.values.indices { logits.values[index] = 2 * sin(Float(index * index)) }
      var (gradients, ignored) = (logits, logits)
      func total(_ logits: CandidateValues) -> Double {
        loss(logits, gradients: &ignored, labels: labels, qualities: qualities, scale: 1)
      }
      _ = loss(logits, gradients: &gradients, labels: labels, qualities: qualities, scale: 1)
      for index in stride(from: 0, to: logits.values.count, by: 7) {
        var (low, high) = (logits, logits)
        low.values[index] -= 0.02
        high.values[index] += 0.02
        let numeric = (total(high) - total(low)) / 0.04
        #expect(abs(Double(gradients.values[index]) - numeric) < 2e-3, "\(kind), \(index)")
      }
    }
  }

  @Test func whatIsNoNumberStaysNone() {
    for (loss, _) in losses() + [(ClassificationLoss(kind: .crossEntropy), { ($0, $1) })] {
      var (logits, gradients) = (logits(), CandidateValues(channels: classes, layout: layout))
      logits[1, 4] = .nan
      let total = loss(
        logits, gradients: &gradients, labels: Array(repeating: -1, count: layout.count),
        qualities: Array(repeating: 1, count: layout.count), scale: 1)
      #expect(total.isNaN && gradients[1, 4].isNaN && gradients[1, 5].isFinite)
    }
  }
}

@Suite struct ElementaryScalarTests {
  @Test func logarithmNearOneKeepsItsDigits() {
    for exponent in stride(from: -30.0, through: 3, by: 0.37) {
      let x = Float(exp2(exponent))
      let exact = log1p(Double(x))
      #expect(abs(Double(Float.logarithmOnePlus(x)) / exact - 1) < 3e-7)
    }
    #expect(Float.logarithmOnePlus(0) == 0)
  }
}

@Suite struct SmoothL1Tests {
  @Test func bendsAtBeta() {
    let loss = SmoothL1(beta: 0.5)
    // 0.2² / (2·0.5) and 1 − 0.25.
    #expect(abs(loss(1.2, target: 1.0).value - 0.04) < 1e-12)
    #expect(abs(loss(0.0, target: 1.0).value - 0.75) < 1e-12)
    #expect(loss(0.0, target: 1.0).gradient == -1)
  }

  @Test func gradientIsThatOfTheValue() {
    let loss = SmoothL1(beta: 0.5)
    for value in [-2, -0.3, 0.1, 0.45, 3] {
      let numeric =
        (loss(value + 1e-6, target: 0).value - loss(value - 1e-6, target: 0).value) / 2e-6
      #expect(abs(loss(value, target: 0).gradient - numeric) < 1e-8)
    }
  }
}

@Suite struct DifferenceLossTests {
  @Test func balancedL1BendsAtOne() {
    let loss = BalancedL1()
    let b = exp(3.0) - 1
    // ½/b·(b/2 + 1)·ln(b/2 + 1) − ¼ at ½; 1.5·2 + 1.5/b − ½ at 2.
    let inside = 0.5 / b * (b / 2 + 1) * log(b / 2 + 1) - 0.25
    #expect(abs(loss(0.5, target: 0).value - inside) < 1e-12)
    #expect(abs(loss(-2.0, target: 0).value - (3 + 1.5 / b - 0.5)) < 1e-12)
    #expect(abs(loss(1 - 1e-12, target: 0).value - loss(1.0, target: 0).value) < 1e-11)
    #expect(loss(-2.0, target: 0).gradient == -1.5)
  }

  @Test func gradientsAreThoseOfTheValues() {
    for loss in [BalancedL1(), AbsoluteDifference(), SmoothL1(beta: 0.5)] as [any DifferenceLoss] {
      for value in [-2, -0.3, 0.1, 0.45, 3] {
        let numeric =
          (loss(value + 1e-6, target: 0).value - loss(value - 1e-6, target: 0).value) / 2e-6
        #expect(abs(loss(value, target: 0).gradient - numeric) < 1e-8)
      }
    }
    #expect(AbsoluteDifference()(1.5, target: 1.5).gradient == 0)
  }
}

@Suite struct BinnedDistanceTests {
  private let logits = [0.3, -1.2, 0.8, 2.0, -0.4]

  private func distance(_ logits: [Double]) -> BinnedDistance<Double> {
    var bins = BinnedDistance<Double>(bins: logits.count)
    bins.update { logits[$0] }
    return bins
  }

  private func slope(_ bin: Int, _ function: ([Double]) -> Double) -> Double {
    var (low, high) = (logits, logits)
    low[bin] -= 1e-6
    high[bin] += 1e-6
    return (function(high) - function(low)) / 2e-6
  }

  @Test func uniformBinsMeanTheMiddle() {
    #expect(abs(distance([1, 1, 1, 1, 1]).mean - 2) < 1e-12)
  }

  @Test func targetOnABinIsItsCrossEntropy() {
    let bins = distance(logits)
    #expect(abs(bins.focalLoss(target: 3).value + log(bins.probabilities[3])) < 1e-12)
    #expect(abs(bins.focalLoss(target: 4).value + log(bins.probabilities[4])) < 1e-12)
  }

  @Test func gradientsAreThoseOfTheValues() {
    let bins = distance(logits)
    let loss = bins.focalLoss(target: 2.3)
    for bin in logits.indices {
      #expect(abs(bins.meanSlope(bin) - slope(bin) { distance($0).mean }) < 1e-8)
      let numeric = slope(bin) { distance($0).focalLoss(target: 2.3).value }
      #expect(abs(bins.focalSlope(bin, of: loss) - numeric) < 1e-8)
    }
  }

  @Test func targetsOutsideAreHeldToTheEnds() {
    let bins = distance(logits)
    #expect(bins.focalLoss(target: -1).value == bins.focalLoss(target: 0).value)
    #expect(bins.focalLoss(target: 9).value == bins.focalLoss(target: 4).value)
  }
}
