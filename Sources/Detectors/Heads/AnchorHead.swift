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
  public var norm = NormSettings()
  public var drop = DropSettings()
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

  package var idle: [IdleSetting] {
    norm.idle(key: "head.norm") + classification.idle(key: "head.classification")
      + boxLoss.idle(of: "head") + anchors.idle(key: "head.anchors")
      + HeadTower.idle(of: "head", depth: depth)
  }

  package var boxTerms: [String] { ["box"] }

  package func regression(_ layout: CandidateLayout) -> AnchorRegression {
    AnchorRegression(
      OffsetLoss(coding: coding, boxLoss: boxLoss, smoothL1Beta: smoothL1Beta),
      weight: boxWeight, layout)
  }

  public func trace(_ levels: [Value], strides: [Int], classCount: Int) {
    requireTraceable(levels, strides)
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
      channels: channels, depth: depth, isShared: isShared,
      sharesPrediction: anchors.hasEqualCounts,
      activation: activation, norm: norm, drop: drop, bias: bias)
  }

  public func validate(levels: Int) throws {
    try anchors.validate(levels: levels, key: "head.anchors")
    try coding.validate(key: "head.coding")
    let check = SettingsCheck("head")
    try check.positive(["channels": channels])
    try check.notNegative(["depth": depth])
    try check.positive(["smoothL1Beta": smoothL1Beta])
    try check.priors(["classPrior": classPrior])
    try norm.validate(key: "head.norm")
    try drop.validateHead(key: "head.drop")
    switch assigner {
    case .maxIoU, .atss: break
    case .simOTA, .taskAligned:
      throw SettingsError.contradiction(
        key: "head.assigner", reason: "must be maxIoU or atss for an anchor head")
    }
    try assigner.assigner.validate(key: "head.assigner")
    try classification.validate()
  }
}

/// Offsets from an anchor.
package struct AnchorRegression: BoxRegression {
  private let offsetLoss: OffsetLoss
  private let weight: Float
  private let layout: CandidateLayout

  /// - Parameter weight: of the loss in the total.
  init(_ offsetLoss: OffsetLoss, weight: Float, _ layout: CandidateLayout) {
    self.offsetLoss = offsetLoss
    self.weight = weight
    self.layout = layout
  }

  private func offsets(_ values: CandidateValues, _ candidate: Int) -> SIMD4<Float> {
    SIMD4(
      values[0, candidate], values[1, candidate], values[2, candidate], values[3, candidate])
  }

  package func box(_ values: CandidateValues, _ candidate: Int) -> Box {
    offsetLoss.coding.decode(offsets(values, candidate), anchor: layout.anchors[candidate])
  }

  package func loss(
    _ values: CandidateValues, gradients: inout CandidateValues, candidate: Int, target: Box,
    scale: Float
  ) -> SIMD2<Double> {
    let loss = offsetLoss(
      offsets(values, candidate), anchor: layout.anchors[candidate], target: target)
    for index in 0..<4 { gradients[index, candidate] = scale * weight * loss.gradient[index] }
    return SIMD2(Double(scale * weight * loss.value), 0)
  }
}
