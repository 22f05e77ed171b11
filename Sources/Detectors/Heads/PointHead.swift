import Boxes
import Foundation
import Networks

/// An anchor-free head: each cell predicts classes and the distances from its centre to the four
/// edges of a box, in separate branches.
///
/// - Inputs: features of each level, `[N, C, H, W]`
/// - Outputs: for each level `class` `[N, classes, H, W]` and `box` `[N, 4·bins, H, W]`, distances
///   left, top, right, bottom
///
/// Tian et al.: *FCOS*, ICCV 2019, §3.1; separate branches: Ge et al.: *YOLOX*, 2021, §2.1; distances
/// as distributions: Li et al.: *Generalized Focal Loss*, NeurIPS 2020, §3.2.
public struct PointHead: Hashable, Sendable, Codable {
  /// How a raw value x becomes a distance in strides, where there is one bin.
  public enum Distance: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
    /// `log(1 + eˣ)`
    case softplus
    /// `eˣ`, x held to at most 7 (1,097 strides), beyond which there is no gradient.
    case exponential
  }

  /// Of the convolutions before the predicting one.
  public var channels = 64
  /// Convolutions before the predicting one, in each branch.
  public var depth = 2
  /// Whether all levels have the same convolutions.
  public var isShared = false
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var activation = ActivationName.silu
  /// Bins 0, 1, … of a distance in strides; 1: the distance itself. With more, no distance beyond
  /// `bins − 1` strides can be said; YOLOv8 and GFL have 16 and 17.
  public var bins = 1
  public var distance = Distance.softplus
  /// What every distance starts at, in strides, where there is one bin.
  public var initialDistance: Float = 2
  /// Probability of each class at the start. Lin et al.: *Focal Loss*, ICCV 2017, §4.1.
  public var classPrior: Float = 0.01
  /// Side of the square that stands for a cell where an assigner wants an anchor, in strides. Zhang et
  /// al.: *ATSS*, CVPR 2020, §4.2.
  public var anchorSide: Float = 8
  public var assigner = AssignerSettings.taskAligned(TaskAlignedAssigner())
  public var classification = ClassificationLoss(kind: .quality)
  public var boxLoss = BoxLoss.ciou
  /// Weights in the total. Class : box : distribution is 0.5 : 7.5 : 1.5 in YOLOv8.
  public var boxWeight: Float = 15
  public var distributionWeight: Float = 3

  public init() {}
}

extension PointHead: DenseHead {
  package var candidateShapes: AnchorShapes {
    AnchorShapes(base: anchorSide, scales: [1], ratios: [1])
  }

  package var boxChannels: Int { 4 * bins }

  package var boxTerms: [String] { bins > 1 ? ["box", "distribution"] : ["box"] }

  package var idle: [IdleSetting] {
    let isByGeometry = if case .atss = assigner { true } else { false }
    return norm.idle(key: "head.norm") + classification.idle(key: "head.classification")
      + HeadTower.idle(of: "head", depth: depth)
      + IdleSetting.all(
        ["distance", "initialDistance"], of: "head", "bins: \(bins)", if: bins > 1)
      + IdleSetting.all(["distributionWeight"], of: "head", "bins: 1", if: bins == 1)
      + IdleSetting.all(
        ["anchorSide"], of: "head", "assigner: {type: \(assigner.name)}", if: !isByGeometry)
  }

  package func regression(_ layout: CandidateLayout) -> PointRegression {
    PointRegression(self, layout)
  }

  public func trace(_ levels: [Value], strides: [Int], classCount: Int) {
    requireTraceable(levels, strides)
    for (x, stride) in zip(levels, strides) {
      let level = levelName(stride: stride)
      let classes = tower(bias: HeadTower.bias(prior: classPrior))(
        x, branch: "class", level: level, outputs: classCount)
      let boxes = tower(bias: initialBoxBias)(
        x, branch: "box", level: level, outputs: boxChannels)
      classes.output("\(level).class")
      boxes.output("\(level).box")
    }
  }

  private func tower(bias: Float) -> HeadTower {
    HeadTower(
      channels: channels, depth: depth, isShared: isShared, activation: activation,
      norm: norm, drop: drop, bias: bias)
  }

  /// The raw value of `initialDistance`; bins start out uniform.
  private var initialBoxBias: Float {
    guard bins == 1 else { return 0 }
    return switch distance {
    // At 20 softplus is the identity in 32 bits, and exp(89) is beyond them.
    case .softplus: initialDistance > 20 ? initialDistance : log(expm1(initialDistance))
    case .exponential: log(initialDistance)
    }
  }

  public func validate(levels: Int) throws {
    let check = SettingsCheck("head")
    try check.positive(["channels": channels, "bins": bins])
    try check.notNegative(["depth": depth])
    try check.positive(["initialDistance": initialDistance, "anchorSide": anchorSide])
    try check.priors(["classPrior": classPrior])
    try norm.validate(key: "head.norm")
    try drop.validateHead(key: "head.drop")
    if case .maxIoU = assigner {
      throw SettingsError.contradiction(
        key: "head.assigner", reason: "maxIoU needs the anchors of an anchor head")
    }
    try assigner.assigner.validate(key: "head.assigner")
    try classification.validate()
    if boxLoss.overlap == nil {
      throw SettingsError.contradiction(
        key: "head.boxLoss",
        reason:
          "\(boxLoss.rawValue) needs the offsets of an anchor head; \(BoxLoss.ofOverlaps) do not")
    }
  }
}
