import Boxes
import Networks
import RandomNumbers

/// The region proposal network: says of each anchor whether it holds an object of any class, and
/// refines its box.
///
/// - Inputs: features of each level, `[N, C, H, W]`
/// - Outputs: for each level `class` `[N, anchors, H, W]` and `box` `[N, anchors·4, H, W]`
///
/// Ren et al.: *Faster R-CNN*, NeurIPS 2015, §3.1; on a pyramid Lin et al.: *Feature Pyramid Networks*,
/// CVPR 2017, §4.1. Batch norms, one for each level, are ours: these models start from random weights.
public struct RegionProposalHead: Hashable, Sendable, Codable {
  /// Of the convolutions before the predicting ones.
  public var channels = 64
  /// Convolutions before the predicting ones, which share them.
  public var depth = 1
  /// Whether all levels have the same convolutions.
  public var isShared = true
  public var norm = NormSettings()
  public var activation = ActivationName.relu
  /// One scale a level, three ratios; 8 strides large as in FPN (32² at stride 4).
  public var anchors = AnchorShapes(base: 8, scales: [1], ratios: [0.5, 1, 2])
  public var coding = BoxCoding()
  public var assigner = AssignerSettings.maxIoU(
    MaxIoUAssigner(positiveThreshold: 0.7, negativeThreshold: 0.3))
  /// Anchors that the loss counts.
  public var sampling = CandidateSampling(count: 256, positiveShare: 0.5)
  public var boxLoss = BoxLoss.smoothL1
  /// Where Smooth-L1 bends; 1/9 is Faster R-CNN's program's.
  public var smoothL1Beta: Float = 1 / 9
  /// Weight of the box loss beside the objectness.
  public var boxWeight: Float = 1
  public var selection = ProposalSelection()

  public init() {}
}

extension RegionProposalHead: DenseHead {
  package var candidateShapes: AnchorShapes { anchors }
  package var boxChannels: Int { 4 }
  package var boxTerms: [String] { ["box"] }
  package var classification: ClassificationLoss { ClassificationLoss(kind: .bce) }
  package var candidateSampling: CandidateSampling? { sampling }

  package var idle: [IdleSetting] {
    norm.idle(key: "head.proposals.norm") + boxLoss.idle(of: "head.proposals")
      + anchors.idle(key: "head.proposals.anchors")
      + HeadTower.idle(of: "head.proposals", depth: depth)
  }

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
      let tower = HeadTower(
        channels: channels, depth: depth, isShared: isShared,
        sharesPrediction: anchors.hasEqualCounts, activation: activation, norm: norm, bias: 0)
      let features = tower.convolutions(x, branch: "proposals", level: level)
      for (kind, outputs) in [("class", count), ("box", 4 * count)] {
        tower.predicting(features, branch: "proposals.\(kind)", level: level, outputs: outputs)
          .output("\(level).\(kind)")
      }
    }
  }

  public func validate(levels: Int) throws {
    try anchors.validate(levels: levels, key: "head.proposals.anchors")
    try coding.validate(key: "head.proposals.coding")
    let check = SettingsCheck("head.proposals")
    try check.positive(["channels": channels])
    try check.notNegative(["depth": depth])
    try check.positive(["smoothL1Beta": smoothL1Beta])
    try norm.validate(key: "head.proposals.norm")
    try sampling.validate(key: "head.proposals.sampling")
    try selection.validate()
    switch assigner {
    case .maxIoU, .atss: break
    case .simOTA, .taskAligned:
      throw SettingsError.contradiction(
        key: "head.proposals.assigner", reason: "must be maxIoU or atss for proposals")
    }
    try assigner.assigner.validate(key: "head.proposals.assigner")
  }
}
