import Networks

/// Adds each coarser level, enlarged, to the finer one.
///
/// - Inputs: `[N, Cᵢ, Hᵢ, Wᵢ]`, each half the size of the one before
/// - Outputs: `[N, channels, Hᵢ, Wᵢ]`, then the extra levels
///
/// Lin et al.: *Feature Pyramid Networks*, CVPR 2017, §3; extra levels by strided convolutions as in
/// Lin et al.: *Focal Loss for Dense Object Detection*, ICCV 2017, §4. Batch norms are ours: these
/// models start from random weights.
public struct FeaturePyramid: Hashable, Sendable, Codable {
  public var channels = 64
  public var enlarging = Enlarging.nearest
  /// A pyramid has no residual blocks.
  public var attention = AttentionSettings()
  /// Of every convolution.
  public var norm = NormSettings()
  public var drop = DropSettings()

  public init() {}
}

extension FeaturePyramid: MixingNeck {
  package var hasEqualChannels: Bool { true }

  package func callAsFunction(_ features: [Value], extraLevels: Int) -> [Value] {
    var merged: [Value] = []
    for index in features.indices.reversed() {
      let lateral = features[index].through(
        "lateral\(index)",
        ConvolutionBlock(channels: channels, kernel: 1, activation: .identity, norm: norm.layer))
      merged.insert(
        merged.first.map { lateral + $0.doubled(enlarging, "enlarge\(index)", norm: norm.layer) }
          ?? lateral, at: 0)
    }
    let block = ConvolutionBlock(channels: channels, activation: .identity, norm: norm.layer)
    var levels = merged.enumerated().map { $1.through("smooth\($0)", block) }
    for index in 0..<extraLevels {
      let source = index == 0 ? levels.last! : levels.last!.activated(.relu)
      levels.append(
        source.through(
          "extra\(index)",
          ConvolutionBlock(channels: channels, stride: 2, activation: .identity, norm: norm.layer)))
    }
    return levels
  }

  public func validate(strides: [Int], extraLevels: Int) throws {
    try SettingsCheck("neck").positive(["channels": channels])
    try norm.validate(key: "neck.norm")
    try drop.validate(key: "neck.drop", strides: strides)
    try attention.validate(key: "neck.attention", strides: strides, channels: [channels])
    guard drop.ofBlocks == nil else {
      throw SettingsError.contradiction(
        key: "neck.drop.type", reason: "dropPath needs blocks, which featurePyramid has none of")
    }
    guard !attention.inBlocks else {
      throw SettingsError.contradiction(
        key: "neck.attention.inBlocks",
        reason: "needs blocks, which featurePyramid has none of; name strides in after")
    }
  }
}
