import Boxes
import Detectors
import Foundation
import Networks
import RandomNumbers
import Testing

@Suite struct FirstDistanceTests {
  /// Numbers whose exponential, or its difference to 1, is beyond 32 bits.
  @Test(arguments: ["1.0e-9", "2", "19", "21", "65536"], ["softplus", "exponential"])
  func everyDistanceHasARawValue(distance: String, function: String) throws {
    let graph = try ModelSettings(
      yaml: "head: {distance: \(function), initialDistance: \(distance)}\n", file: "model.yaml"
    ).graph(classCount: 1)
    let first = Double(distance)!
    let bias = try #require(
      graph.parameters.first {
        $0.name.hasPrefix("head.") && $0.name.hasSuffix("box.predict.bias")
      })
    guard case .constant(let value) = bias.initializer else {
      Issue.record("\(bias.initializer)")
      return
    }
    let raw = Double(value)
    let given = function == "softplus" ? max(raw, 0) + log1p(exp(-abs(raw))) : exp(raw)
    #expect(abs(given - first) < 1e-4 * first, "\(raw)")
  }
}

/// Outputs of a head without its network: two levels over 64×64 pixels, two pictures, two classes.
private final class MadeUpOutputs {
  static let strides = [16, 32]
  static let batch = 2
  static let classes = 2

  let shapes: [Shape]
  var values: [UnsafeMutablePointer<Float>] = []
  var gradients: [UnsafeMutablePointer<Float>] = []

  init(_ head: some DenseHead, seed: UInt64 = 5) {
    shapes = Self.strides.enumerated().flatMap { level, stride in
      let anchors = head.candidateShapes.countPerCell(level: level)
      return [Self.classes, head.boxChannels].map {
        Shape(channels: anchors * $0, height: 64 / stride, width: 64 / stride)
      }
    }
    var generator = KeyedGenerator(seed: seed, purpose: "outputs")
    for shape in shapes {
      let count = Self.batch * shape.count
      let (value, gradient) = (
        UnsafeMutablePointer<Float>.allocate(capacity: count),
        UnsafeMutablePointer<Float>.allocate(capacity: count)
      )
      for index in 0..<count { value[index] = Float(generator.uniform(-1, 1)) }
      // The loss must overwrite whatever is there.
      gradient.initialize(repeating: .nan, count: count)
      values.append(value)
      gradients.append(gradient)
    }
  }

  deinit {
    for pointer in values + gradients { pointer.deallocate() }
  }

  var outputs: HeadOutputs {
    HeadOutputs(
      batch: Self.batch, shapes: shapes, values: values.map { UnsafePointer($0) },
      gradients: gradients)
  }

  func count(_ output: Int) -> Int { Self.batch * shapes[output].count }

  func loss(_ head: some DenseHead, _ targets: [[Target]]) -> LossTerms {
    head.loss(
      outputs, targets: targets, strides: Self.strides, classCount: Self.classes,
      input: Extent(64))
  }
}

private let targets: [[Target]] = [
  [
    Target(box: Box(left: 3, top: 5, right: 33, bottom: 30), label: 1),
    Target(box: Box(left: 30, top: 28, right: 63, bottom: 61), label: 0),
    Target(box: Box(left: 40, top: 0, right: 64, bottom: 20), label: 0, isIgnored: true),
  ],
  [Target(box: Box(left: 7, top: 9, right: 60, bottom: 55), label: 0)],
]

/// Point heads whose assignment does not depend on predictions, so that differences see the
/// gradient alone.
private let pointHeads: [PointHead] = [1, 6].flatMap { bins in
  [BoxLoss.iou, .giou, .diou].flatMap { boxLoss in
    [PointHead.Distance.softplus, .exponential].flatMap { distance in
      [ClassificationLoss.Kind.bce, .focal].map { kind in
        var head = PointHead()
        head.bins = bins
        head.boxLoss = boxLoss
        head.distance = distance
        head.anchorSide = 2
        head.assigner = .atss(ATSSAssigner())
        head.classification = ClassificationLoss(kind: kind)
        return head
      }
    }
  }
}

/// CIoU's α is a constant of its gradient, which differences do not know.
private let otherPointHeads: [PointHead] =
  [BoxLoss.logIoU, .cdiou, .cdgiou, .cddiou].map { boxLoss in
    var head = pointHeads[0]
    head.boxLoss = boxLoss
    return head
  }
  + [ClassificationLoss.Kind.crossEntropy, .tversky].map { kind in
    var head = pointHeads[0]
    head.classification = ClassificationLoss(kind: kind)
    return head
  }

private let anchorHeads: [AnchorHead] = [
  BoxLoss.smoothL1, .giou, .diou, .l1, .balancedL1, .logIoU, .cdgiou,
].map { boxLoss in
  var head = AnchorHead()
  head.anchors = AnchorShapes(base: 1.5, scales: [1], ratios: [0.5, 1, 2])
  head.boxLoss = boxLoss
  return head
}

/// One anchor a cell on the finer level, two on the coarser one.
private let unevenHead = {
  var head = AnchorHead()
  head.anchors.sizes = [
    [AnchorSize(width: 28, height: 24)],
    [AnchorSize(width: 50, height: 40), AnchorSize(width: 30, height: 34)],
  ]
  return head
}()

/// Compares the gradient with central differences of the loss.
private func expectExactGradient(_ head: some DenseHead) {
  let made = MadeUpOutputs(head)
  let terms = made.loss(head, targets)
  #expect(terms.positives > 0)
  let exact = made.gradients.indices.map { output in
    (0..<made.count(output)).map { made.gradients[output][$0] }
  }
  let step: Float = 3e-3
  for output in made.values.indices {
    for index in 0..<made.count(output) {
      let value = made.values[output][index]
      made.values[output][index] = value + step
      let high = made.loss(head, targets).total
      made.values[output][index] = value - step
      let low = made.loss(head, targets).total
      made.values[output][index] = value
      let numeric = (high - low) / (2 * step)
      let tolerance = 4e-3 * max(1, abs(numeric))
      #expect(abs(exact[output][index] - numeric) < tolerance, "output \(output), \(index)")
    }
  }
}

@Suite struct PointHeadTests {
  @Test(arguments: pointHeads + otherPointHeads)
  func gradientIsThatOfTheLoss(_ head: PointHead) { expectExactGradient(head) }

  @Test(arguments: [
    AssignerSettings.atss(ATSSAssigner()), .simOTA(SimOTAAssigner()),
    .taskAligned(TaskAlignedAssigner()),
  ])
  func emptyPicturesOnlyLearnBackground(_ assigner: AssignerSettings) {
    var head = PointHead()
    head.assigner = assigner
    let made = MadeUpOutputs(head)
    let terms = made.loss(head, [[], []])
    #expect(terms.names == ["class", "box"])
    #expect(terms.values[0] > 0 && terms.values[1] == 0)
    #expect(terms.positives == 0 && terms.unmatchedTargets == 0)
    for output in [0, 2] {
      #expect((0..<made.count(output)).allSatisfy { made.gradients[output][$0] > 0 })
      #expect((0..<made.count(output + 1)).allSatisfy { made.gradients[output + 1][$0] == 0 })
    }
  }

  @Test func qualityWeighsTheBoxLoss() {
    // One positive: its quality is its IoU u, so that the loss is w·u·(1 − u) instead of w·(1 − u).
    var assigner = TaskAlignedAssigner()
    assigner.candidates = 1
    func boxLoss(_ kind: ClassificationLoss.Kind) -> Float {
      var head = PointHead()
      head.boxLoss = .iou
      head.boxWeight = 2
      head.assigner = .taskAligned(assigner)
      head.classification = ClassificationLoss(kind: kind)
      return MadeUpOutputs(head).loss(head, [[targets[0][0]], []]).values[1]
    }
    let plain = boxLoss(.bce)
    #expect(plain > 0.1 && plain < 1.9)
    #expect(abs(boxLoss(.quality) - plain * (1 - plain / 2)) < 1e-5)
  }

  @Test(arguments: ClassificationLoss.Kind.allCases)
  func everyKindLearnsBackgroundAndPositives(_ kind: ClassificationLoss.Kind) {
    var head = PointHead()
    head.classification = ClassificationLoss(kind: kind)
    let made = MadeUpOutputs(head)
    let terms = made.loss(head, targets)
    #expect(terms.values.allSatisfy { $0 > 0 && $0.isFinite } && terms.positives > 0)
    let gradients = [0, 2].flatMap { output in
      (0..<made.count(output)).map { made.gradients[output][$0] }
    }
    #expect(gradients.contains { $0 > 0 } && gradients.contains { $0 < 0 })
  }

  /// Both logits 1 everywhere: each class has e / (1 + 2e).
  @Test func exclusiveClassesShareTheScore() {
    var head = PointHead()
    head.classification = ClassificationLoss(kind: .crossEntropy)
    let made = MadeUpOutputs(head)
    for output in [0, 2] {
      for index in 0..<made.count(output) { made.values[output][index] = 1 }
    }
    let scores = head.decode(
      made.outputs, strides: MadeUpOutputs.strides, classCount: 2, input: Extent(64),
      minimumScore: 0.1
    ).flatMap { $0.map(\.score) }
    #expect(scores.count == 2 * 2 * (16 + 4))
    #expect(scores.allSatisfy { abs($0 - 0.422_318_8) < 1e-6 })
  }

  @Test func targetsThatNoCellSeesAreCounted() {
    let made = MadeUpOutputs(PointHead())
    let tiny = Target(box: Box(left: 1, top: 1, right: 2, bottom: 2), label: 0)
    #expect(made.loss(PointHead(), [[tiny], [tiny, tiny]]).unmatchedTargets == 3)
  }

  @Test func ignoredCellsHaveNoGradient() {
    var head = PointHead()
    head.assigner = .atss(ATSSAssigner())
    let made = MadeUpOutputs(head)
    let everything = Target(
      box: Box(left: 0, top: 0, right: 64, bottom: 64), label: 0, isIgnored: true)
    let terms = made.loss(head, [[everything], [everything]])
    #expect(terms.total == 0)
    for output in made.values.indices {
      #expect((0..<made.count(output)).allSatisfy { made.gradients[output][$0] == 0 })
    }
  }

  @Test func decodesDistancesByHand() {
    // exp(0) = 1 stride on each side of the centre (8 + 16, 8) of cell 1 of the first level.
    var head = PointHead()
    head.distance = .exponential
    let made = MadeUpOutputs(head)
    for output in made.values.indices {
      for index in 0..<made.count(output) { made.values[output][index] = output % 2 == 0 ? -9 : 0 }
    }
    made.values[0][16 + 1] = 2
    let found = head.decode(
      made.outputs, strides: MadeUpOutputs.strides, classCount: 2, input: Extent(64),
      minimumScore: 0.5)
    #expect(found[1].isEmpty)
    #expect(found[0].count == 1)
    #expect(found[0][0].label == 1)
    #expect(abs(found[0][0].score - 0.880_797) < 1e-5)
    #expect(found[0][0].box == Box(left: 8, top: 0, right: 40, bottom: 24))
  }

  @Test func everyCandidateIsDecodedWithoutAThreshold() {
    let made = MadeUpOutputs(PointHead())
    let found = PointHead().decode(
      made.outputs, strides: MadeUpOutputs.strides, classCount: 2, input: Extent(64),
      minimumScore: 0)
    #expect(found.map(\.count) == [40, 40])
  }
}

@Suite struct AnchorHeadTests {
  @Test func levelsMayHaveDifferentNumbersOfAnchors() {
    let made = MadeUpOutputs(unevenHead)
    // Channels: one or two anchors of two classes, and of four offsets.
    #expect(made.shapes.map(\.channels) == [2, 4, 4, 8])
    for output in made.values.indices {
      for index in 0..<made.count(output) { made.values[output][index] = output % 2 == 0 ? -9 : 0 }
    }
    // Anchor 1 of the last cell of the second level, class 0.
    made.values[2][(1 * 2 + 0) * 4 + 3] = 2
    let found = unevenHead.decode(
      made.outputs, strides: MadeUpOutputs.strides, classCount: 2, input: Extent(64),
      minimumScore: 0.5)
    #expect(found.map(\.count) == [1, 0])
    let expected = Box(left: 33, top: 31, right: 63, bottom: 64)
    for edge in 0..<4 {
      #expect(abs(found[0][0].box.edges[edge] - expected.edges[edge]) < 1e-3)
    }
  }

  @Test(arguments: anchorHeads + [unevenHead])
  func gradientIsThatOfTheLoss(_ head: AnchorHead) { expectExactGradient(head) }

  @Test func anchorsFollowTheChannelOrder() {
    // Anchor 1 of cell 3 of the second level, class 1: zero offsets give the anchor itself.
    let head = anchorHeads[0]
    let made = MadeUpOutputs(head)
    for output in made.values.indices {
      for index in 0..<made.count(output) { made.values[output][index] = output % 2 == 0 ? -9 : 0 }
    }
    made.values[2][(1 * 2 + 1) * 4 + 3] = 2
    let found = head.decode(
      made.outputs, strides: MadeUpOutputs.strides, classCount: 2, input: Extent(64),
      minimumScore: 0.5)
    let canvas = Box(left: 0, top: 0, right: 64, bottom: 64)
    let anchor = head.anchors.boxes(level: 1, stride: 32, rows: 2, columns: 2)[1 * 4 + 3]
    #expect(found[0].count == 1)
    #expect(found[0][0].label == 1)
    for edge in 0..<4 {
      #expect(abs(found[0][0].box.edges[edge] - anchor.clipped(to: canvas).edges[edge]) < 1e-3)
    }
  }
}

@Suite struct HeadCensusTests {
  private static let assigners: [AssignerSettings] = [
    .atss(ATSSAssigner()), .taskAligned(TaskAlignedAssigner()), .simOTA(SimOTAAssigner()),
  ]

  /// What the loss reports of its own assignment.
  @Test(arguments: assigners) func countsAreThoseOfTheLoss(_ assigner: AssignerSettings) {
    var head = PointHead()
    head.assigner = assigner
    head.anchorSide = 2
    let made = MadeUpOutputs(head)
    let small = Target(box: Box(left: 20, top: 20, right: 22, bottom: 22), label: 0)
    let wanted = [targets[0] + [small], targets[1]]
    let terms = made.loss(head, wanted)
    let census = head.census(
      made.outputs, targets: wanted, strides: MadeUpOutputs.strides,
      classCount: MadeUpOutputs.classes)
    #expect(census.map(\.positives.count) == [3, 1])
    let positives = census.flatMap(\.positives)
    #expect(positives.reduce(0, +) == terms.positives)
    #expect(positives.count { $0 == 0 } == terms.unmatchedTargets)
  }
}
