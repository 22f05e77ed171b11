import Networks

/// Which block a residual stage repeats.
public enum ResidualBlockKind: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  /// Two 3×3 convolutions.
  case basic
  /// 1×1, 3×3 and 1×1.
  case bottleneck
}

/// Stages of residual blocks, each stage halving the size in its first block.
///
/// The stages have strides 4, 8, 16, 32. The stem has stride 2, or 4 where a pool follows it, and the
/// first stage the rest.
///
/// He et al.: *Deep Residual Learning*, CVPR 2016, table 1; with groups Xie et al.: *Aggregated
/// Residual Transformations*, CVPR 2017, table 1. Defaults are small, with a 3×3 stem.
public struct ResidualBackbone: Hashable, Sendable, Codable {
  /// Channels of the stem.
  public var stem = 16
  public var stemKernel = 3
  /// Whether a 3×3 maximum of stride 2 follows the stem.
  public var stemPools = false
  /// Channels that each stage gives.
  public var widths = [32, 64, 128, 128]
  /// Blocks of each stage.
  public var depths = [1, 1, 1, 1]
  public var block = ResidualBlockKind.basic
  /// Of a bottleneck's 3×3 convolution.
  public var groups = 1
  /// Channels of a bottleneck's 3×3 convolution for one that its stage gives.
  public var innerShare: Float = 0.25
  public var attention = AttentionSettings()
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var padding = BorderFilling.zeros
  public var activation = ActivationName.relu
  public var scale = BackboneScale()

  public init() {}

  /// The paper's: 18 and 34 layers of basic blocks, 50 and 101 of bottlenecks.
  public static func resnet(depths: [Int], block: ResidualBlockKind = .basic) -> ResidualBackbone {
    var backbone = ResidualBackbone()
    (backbone.stem, backbone.stemKernel, backbone.stemPools) = (64, 7, true)
    backbone.widths = [64, 128, 256, 512].map { block == .basic ? $0 : 4 * $0 }
    backbone.depths = depths
    backbone.block = block
    return backbone
  }

  /// 32 groups, each of as many channels in the first stage.
  public static func resnext(depths: [Int], groupWidth: Int) -> ResidualBackbone {
    var backbone = resnet(depths: depths, block: .bottleneck)
    backbone.groups = 32
    backbone.innerShare = Float(backbone.groups * groupWidth) / Float(backbone.widths[0])
    return backbone
  }
}

extension ResidualBackbone: StagedBackbone {
  package var hasBlocks: Bool { true }

  package var stageStrides: [Int] { widths.indices.map { 4 << $0 } }

  package func stem(_ image: Value, norm: Norm) -> Value {
    let convolved = image.through(
      "stem",
      ConvolutionBlock(
        channels: scale.channels(stem), kernel: Extent(stemKernel), stride: 2,
        activation: activation.function, norm: norm))
    return stemPools
      ? convolved.through("pool", Pooling(.maximum, kernel: 3, stride: 2)) : convolved
  }

  package func stage(_ index: Int, _ x: Value, norm: Norm) -> Value {
    (0..<scale.blocks(depths[index])).reduce(x) { value, block in
      let isReducing = block == 0 && !(index == 0 && stemPools)
      return layer(value, "\(block)", index, stride: isReducing ? 2 : 1, norm: norm)
    }
  }

  private func layer(
    _ x: Value, _ name: String, _ stage: Int, stride: Extent, norm: Norm
  ) -> Value {
    let channels = scale.channels(widths[stage])
    let function = activation.function
    switch block {
    case .basic:
      return x.through(
        name,
        ResidualBlock(
          channels: channels, stride: stride, activation: function,
          attention: attention.ofBlocks, norm: norm,
          drop: pathDrop(stage: stage, depths: depths)))
    case .bottleneck:
      return x.through(
        name,
        BottleneckResidualBlock(
          channels: channels, hidden: inner(channels), groups: groups, stride: stride,
          activation: function, attention: attention.ofBlocks, norm: norm,
          drop: pathDrop(stage: stage, depths: depths)))
    }
  }

  package var idle: [IdleSetting] {
    IdleSetting.all(["innerShare"], of: "backbone", "block: basic", if: block == .basic)
  }

  /// Of a bottleneck's 3×3 convolution: the multiple of the groups that is nearest to its share, never
  /// none.
  private func inner(_ channels: Int) -> Int {
    max(1, Int((innerShare * Float(channels) / Float(groups)).rounded())) * groups
  }

  public func validate() throws {
    let check = SettingsCheck("backbone")
    try check.positive(["groups": groups, "stemKernel": stemKernel])
    try validate(
      stem: stem, widths: widths, depths: depths,
      inner: block == .basic ? [] : widths.map { inner(scale.channels($0)) })
    switch block {
    case .basic:
      try check.require(
        groups == 1, "groups", "needs block: bottleneck; basic blocks have none")
    case .bottleneck: try validateInnerShare(check)
    }
  }

  /// That a share that somebody chose is had as it is, but for what a scale makes of it.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  private func validateInnerShare(_ check: SettingsCheck) throws {
    for width in widths {
      let inner = Int((innerShare * Float(width)).rounded())
      try check.require(
        inner > 0 && inner % groups == 0, "innerShare",
        "makes \(inner) of \(width) channels, which \(groups) groups do not divide; "
          + (nearestShare <= 1
            ? "\(SettingsCheck.text(nearestShare)) would do"
            : "no share does, multiples of \(groups) in widths would"))
    }
  }

  /// The share next to the given one that makes a multiple of the groups in every stage: one of the
  /// channels that divide all stages'.
  private var nearestShare: Float {
    let step = Float(groups) / Float(widths.reduce(0, greatestCommonDivisor))
    return max(1, (innerShare / step).rounded()) * step
  }
}
