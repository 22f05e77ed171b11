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
    return [
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
          let target = isLabel ? (loss.kind == .quality ? Double(qualities[candidate]) : 1) : 0
          let (value, slope) = exact(Double(logits[channel, candidate]), target)
          expected += 0.5 * value
          #expect(abs(Double(gradients[channel, candidate]) - 0.5 * slope) < 3e-6)
        }
      }
      #expect(abs(total - expected) < 1e-5 * expected, "\(loss.kind)")
    }
  }

  @Test func whatIsNoNumberStaysNone() {
    for (loss, _) in losses() {
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
      let shares: [Int: Double] = [2: 1 - loss.upperWeight, 3: loss.upperWeight]
      let share = shares[bin] ?? 0
      let numeric = slope(bin) { distance($0).focalLoss(target: 2.3).value }
      #expect(abs(bins.probabilities[bin] - share - numeric) < 1e-8)
    }
  }

  @Test func targetsOutsideAreHeldToTheEnds() {
    let bins = distance(logits)
    #expect(bins.focalLoss(target: -1).value == bins.focalLoss(target: 0).value)
    #expect(bins.focalLoss(target: 9).value == bins.focalLoss(target: 4).value)
  }
}
