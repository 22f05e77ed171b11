import Networks

/// Carries features down from coarse levels to fine ones and back up, several times, summed by learned
/// shares.
///
/// One round: `Tᵢ = f(Fᵢ, up(Tᵢ₊₁))` from coarse to fine, then `Oᵢ = f(Fᵢ, Tᵢ, down(Oᵢ₋₁))` back, where
/// f is ``WeightedSum``, an activation and a 3×3 convolution; the ends have no T of their own. Coarser
/// levels are enlarged, by nearest neighbours in the paper, finer ones shrunk by a 3×3 maximum.
///
/// - Inputs: `[N, Cᵢ, Hᵢ, Wᵢ]`, each half the size of the one before
/// - Outputs: `[N, channels, Hᵢ, Wᵢ]`, then the extra levels
///
/// Tan, Pang, Le: *EfficientDet*, CVPR 2020, §3.2 and §3.3.
public struct BidirectionalPyramid: Hashable, Sendable, Codable {
  public var channels = 64
  /// Rounds.
  public var depth = 2
  /// Whether the 3×3 convolutions are depthwise separable, as in the paper; dense ones run nearer to a
  /// CPU's peak.
  public var isSeparable = true
  public var enlarging = Enlarging.nearest
  public var attention = AttentionSettings()
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var activation = ActivationName.silu

  public init() {}
}

extension BidirectionalPyramid: MixingNeck {
  package var hasEqualChannels: Bool { true }
  package var enlargesExtraLevels: Bool { true }

  package func callAsFunction(_ features: [Value], extraLevels: Int) -> [Value] {
    var levels = features.enumerated().map { index, feature in
      feature.through("lateral\(index)", block(1))
    }
    for index in 0..<extraLevels { levels.append(halved(levels.last!, "extra\(index)")) }
    return (0..<depth).reduce(levels) { levels, round in
      levels[0].scoped("\(round)") { _ in mixed(levels) }
    }
  }

  private func block(_ kernel: Extent) -> ConvolutionBlock {
    ConvolutionBlock(channels: channels, kernel: kernel, activation: .identity, norm: norm.layer)
  }

  private func halved(_ x: Value, _ name: String) -> Value {
    x.through(name, Pooling(.maximum, kernel: 3, stride: 2))
  }

  private func mixed(_ features: [Value]) -> [Value] {
    let last = features.count - 1
    guard last > 0 else { return features }
    var descending = features
    for index in stride(from: last - 1, through: 0, by: -1) {
      descending[index] = fused(
        [
          features[index],
          descending[index + 1].doubled(enlarging, "enlarge\(index)", norm: norm.layer),
        ],
        index == 0 ? "out0" : "down\(index)")
    }
    var results = [descending[0]]
    for index in 1...last {
      let own = index == last ? [features[index]] : [features[index], descending[index]]
      results.append(fused(own + [halved(results[index - 1], "shrink\(index)")], "out\(index)"))
    }
    return results
  }

  private func fused(_ values: [Value], _ name: String) -> Value {
    values[0].scoped(name) { first in
      let sum = first.scoped("fuse") { _ in Value.weightedSum(values) }
        .activated(activation.function)
      let convolved =
        isSeparable
        ? sum
          .through(
            "depthwise",
            Convolution(channels: channels, kernel: 3, groups: channels, hasBias: false)
          )
          .through("conv", block(1)) : sum.through("conv", block(3))
      return convolved.weighed(by: attention.ofBlocks, norm: norm.layer)
    }
  }

  public func validate(strides: [Int], extraLevels: Int) throws {
    try SettingsCheck("neck").positive(["channels": channels, "depth": depth])
    try requireLevels(strides, type: "bidirectionalPyramid")
    try norm.validate(key: "neck.norm")
    try attention.validate(key: "neck.attention", strides: strides, channels: [channels])
    try drop.validate(key: "neck.drop", strides: strides)
    guard drop.ofBlocks == nil else {
      throw SettingsError.contradiction(
        key: "neck.drop.type",
        reason: "dropPath needs residual blocks, which bidirectionalPyramid has none of")
    }
  }
}
