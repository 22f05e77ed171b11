import Boxes
import Networks

/// RetinaNet's head: each anchor of each cell predicts classes and the offsets of a box from itself,
/// in two branches.
///
/// - Inputs: features of each level, `[N, C, H, W]`
/// - Outputs: for each level `class` `[N, anchors·classes, H, W]` and `box` `[N, anchors·4, H, W]`,
///   anchors slowest, offsets as in `BoxCoding`. Where levels have different numbers of anchors each
///   has a predicting convolution of its own.
///
/// Lin et al.: *Focal Loss for Dense Object Detection*, ICCV 2017, §4. Batch norms, one for each
/// level, are ours: these models start from random weights. The predicting convolutions are 1×1.
public struct AnchorHead: Hashable, Sendable, Codable {
  /// Of the convolutions before the predicting one.
  public var channels = 64
  /// Convolutions before the predicting one, in each branch.
  public var depth = 2
  /// Whether all levels have the same convolutions.
  public var isShared = true
  public var activation = ActivationName.relu
  public var anchors = AnchorShapes()
  public var coding = BoxCoding()
  /// Probability of each class at the start: §4.1.
  public var classPrior: Float = 0.01
  public var assigner = AssignerSettings.maxIoU(MaxIoUAssigner())
  public var classification = ClassificationLoss(kind: .focal)
  public var boxLoss = BoxLoss.smoothL1
  /// Where Smooth-L1 bends; 0.1 is Detectron2's.
  public var smoothL1Beta: Float = 0.1
  /// Weight of the box loss in the total.
  public var boxWeight: Float = 1

  public init() {}
}

extension AnchorHead: DenseHead {
  package var candidateShapes: AnchorShapes { anchors }

  package var boxChannels: Int { 4 }

  package var boxTerms: [String] { ["box"] }

  package func regression(_ layout: CandidateLayout) -> AnchorRegression {
    AnchorRegression(self, layout)
  }

  package func trace(_ levels: [Value], strides: [Int], classCount: Int) {
    for (index, (x, stride)) in zip(levels, strides).enumerated() {
      let level = levelName(stride: stride)
      let count = anchors.countPerCell(level: index)
      let classes = tower(bias: HeadTower.bias(prior: classPrior))(
        x, branch: "class", level: level, outputs: count * classCount)
      let boxes = tower(bias: 0)(x, branch: "box", level: level, outputs: count * 4)
      classes.output("\(level).class")
      boxes.output("\(level).box")
    }
  }

  private func tower(bias: Float) -> HeadTower {
    HeadTower(
      channels: channels, depth: depth, isShared: isShared, sharesPrediction: hasEqualCounts,
      activation: activation, bias: bias)
  }

  /// Whether all levels have the same number of anchors.
  private var hasEqualCounts: Bool { Set(anchors.sizes.map(\.count)).count <= 1 }

  package func validate(levels: Int) throws {
    try validateAnchors(levels: levels)
    try requirePositive([channels], key: "head.channels")
    try requireNotNegative([depth], key: "head.depth")
    switch assigner {
    case .maxIoU, .atss: break
    case .simOTA, .taskAligned:
      throw SettingsError.contradiction(
        key: "head.assigner", reason: "must be maxIoU or atss for an anchor head")
    }
    guard coding.weights.count == 4 else {
      throw SettingsError.contradiction(
        key: "head.coding.weights", reason: "needs 4 entries, got \(coding.weights.count)")
    }
    guard classPrior > 0, classPrior < 1, smoothL1Beta > 0 else {
      throw SettingsError.contradiction(
        key: "head.classPrior and smoothL1Beta", reason: "must be above 0, and the prior below 1")
    }
  }
}

extension AnchorHead {
  private func validateAnchors(levels: Int) throws {
    guard anchors.sizes.isEmpty || anchors.sizes.count == levels else {
      throw SettingsError.contradiction(
        key: "head.anchors.sizes",
        reason: "needs a list of anchors for each of the \(levels) strides, got "
          + "\(anchors.sizes.count)")
    }
    guard (0..<levels).allSatisfy({ anchors.countPerCell(level: $0) > 0 }) else {
      throw SettingsError.contradiction(
        key: "head.anchors", reason: "must give every level an anchor at least")
    }
    let sides = anchors.sizes.joined().flatMap { [$0.width, $0.height] }
    guard sides.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw SettingsError.contradiction(
        key: "head.anchors.sizes", reason: "must have widths and heights above 0")
    }
  }
}

/// Offsets from an anchor.
package struct AnchorRegression: BoxRegression {
  private let head: AnchorHead
  private let layout: CandidateLayout

  init(_ head: AnchorHead, _ layout: CandidateLayout) {
    self.head = head
    self.layout = layout
  }

  private func offsets(_ values: CandidateValues, _ candidate: Int) -> SIMD4<Float> {
    SIMD4(
      values[0, candidate], values[1, candidate], values[2, candidate], values[3, candidate])
  }

  package func box(_ values: CandidateValues, _ candidate: Int) -> Box {
    head.coding.decode(offsets(values, candidate), anchor: layout.anchors[candidate])
  }

  package func loss(
    _ values: CandidateValues, gradients: inout CandidateValues, candidate: Int, target: Box,
    scale: Float
  ) -> SIMD2<Double> {
    let offsets = offsets(values, candidate)
    let anchor = layout.anchors[candidate]
    let weight = scale * head.boxWeight
    guard let measure = head.boxLoss.measure else {
      let wanted = head.coding.encode(target, anchor: anchor)
      let smooth = SmoothL1(beta: head.smoothL1Beta)
      var total: Float = 0
      for index in 0..<4 {
        let element = smooth(offsets[index], target: wanted[index])
        total += element.value
        gradients[index, candidate] = weight * element.gradient
      }
      return SIMD2(Double(weight * total), 0)
    }
    let overlap = head.coding.overlapGradient(
      measure, offsets: offsets, anchor: anchor, target: target)
    for index in 0..<4 { gradients[index, candidate] = -weight * overlap.gradient[index] }
    return SIMD2(Double(weight * (1 - overlap.value)), 0)
  }
}
