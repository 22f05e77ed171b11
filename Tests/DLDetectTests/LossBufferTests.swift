import DLDetect
import Testing

/// Losses as a program calls them on numbers of its own.
@Suite struct LossBufferTests {
  /// Of two classes and three candidates, the last of which learns nothing.
  private func call(
    _ loss: ClassificationLoss, _ logits: [Float], qualities: [Float]? = nil, scale: Float = 1
  ) -> (value: Double, gradients: [Float]) {
    var gradients = [Float](repeating: .nan, count: 6)
    let value = loss(
      logits, gradients: &gradients, classes: 2, labels: [1, nil, 0], qualities: qualities,
      ignored: [2], scale: scale)
    return (value, gradients)
  }

  private let logits: [Float] = [0.5, -1, 3, 2, 0.25, -3]

  @Test func classesAreSummedOverCandidatesThatCount() {
    let (value, gradients) = call(ClassificationLoss(kind: .bce), logits, scale: 0.5)
    let loss = BinaryCrossEntropy()
    let elements = [(0.5, 0), (-1, 0), (2, 1), (0.25, 0)].map {
      loss(logit: Float($0.0), target: Float($0.1))
    }
    #expect(abs(value - 0.5 * Double(elements.map(\.value).reduce(0, +))) < 1e-6)
    let expected = elements.map { 0.5 * $0.gradient }
    for (place, gradient) in zip([0, 1, 3, 4], expected) {
      #expect(abs(gradients[place] - gradient) < 1e-6)
    }
    #expect(gradients[2] == 0 && gradients[5] == 0)
  }

  @Test func qualitiesAreTheTargets() {
    let loss = ClassificationLoss(kind: .quality)
    let (value, gradients) = call(loss, logits, qualities: [0.25, 1, 1])
    let (whole, _) = call(loss, logits)
    // Cross-entropy is −t·x in the target, and the positive's logit is 2.
    #expect(abs(value - whole - 2 * 0.75) < 1e-5)
    let p = 1 / (1 + 0.135_335_28 as Float)
    #expect(abs(gradients[3] - (p - 0.25)) < 1e-5)
  }

  @Test func everyNamedLossIsThere() {
    // d²/2β, and |d| − β/2.
    #expect(SmoothL1(beta: 1)(Float(0.5), target: 0).value == 0.125)
    #expect(AbsoluteDifference()(2.0, target: 5).gradient == -1)
    // α/b·(b + 1)·ln(b + 1) − α = γ + γ/b − α at 1 = γ − α + γ/(e³ − 1).
    #expect(abs(BalancedL1()(1.0, target: 0).value - (1 + 1.5 / 19.085_536_923)) < 1e-9)
    // Two bins alike: −½·ln ½ twice.
    var distance = BinnedDistance<Double>(bins: 2)
    distance.update { _ in 0 }
    #expect(abs(distance.focalLoss(target: 0.5).value - 0.693_147_180_559) < 1e-9)
    // One class and none, both at 0.
    var softmax = SoftmaxCrossEntropy<Double>(classes: 1)
    softmax.update { _ in 0 }
    #expect(abs(softmax.loss(label: nil, smoothing: 0) - 0.693_147_180_559) < 1e-9)
    // p = ½ where it is: 1 − (½ + 1) / (½ + 1 + ½·½).
    let tversky = TverskyLoss(alpha: 0.5, beta: 0.5)
    #expect(abs(tversky(logits: [0.0], memberships: [true]) { _, _ in } - (1 - 1.5 / 1.75)) < 1e-12)
  }

  @Test func boxesHaveLossesAndGradients() throws {
    // 1 − 2/6 of boxes of 4 that share 2.
    let (a, b) = (
      Box(left: 0, top: 0, right: 2, bottom: 2), Box(left: 1, top: 0, right: 3, bottom: 2)
    )
    let loss = try #require(BoxLoss.iou.overlap).gradient(predicted: a.edges, target: b.edges)
    #expect(abs(loss.value - 2.0 / 3) < 1e-6)
    // Moving the right edge out adds 2 to what is shared, nothing to the union.
    #expect(abs(loss.gradient[2] + 2.0 / 6) < 1e-6)
    // Half its width to the right: dx = ½, whose absolute value is the loss.
    let offsets = OffsetLoss(boxLoss: .l1)(.zero, anchor: a, target: b)
    #expect(offsets.value == 0.5 && offsets.gradient == SIMD4(-1, 0, 0, 0))
    #expect(BoxLoss.l1.overlap == nil && BoxLoss.ciou.difference(beta: 1) == nil)
  }
}
