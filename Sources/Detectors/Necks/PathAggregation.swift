import Networks

/// Carries features down from coarse levels to fine ones and back up, joined by concatenation and
/// cross-stage stages.
///
/// - Inputs: `[N, Cᵢ, Hᵢ, Wᵢ]`, each half the size of the one before
/// - Outputs: `[N, widthsᵢ, Hᵢ, Wᵢ]`
///
/// Liu et al.: *Path Aggregation Network*, CVPR 2018, §3.1; with concatenation and cross-stage stages
/// as in Bochkovskiy et al.: *YOLOv4*, 2020, §3.4, and YOLOX (Ge et al., 2021).
public struct PathAggregation: Hashable, Sendable, Codable {
  /// Channels of each level.
  public var widths = [64, 128, 256]
  /// Bottlenecks in each stage.
  public var depth = 1
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var activation = ActivationName.silu
  public var attention = AttentionSettings()

  public init() {}
}

extension PathAggregation: Neck {
  package var hasEqualChannels: Bool { widths.allSatisfy { $0 == widths[0] } }

  package func callAsFunction(_ features: [Value], extraLevels: Int) -> [Value] {
    let last = features.count - 1
    var descending = features
    for index in stride(from: last - 1, through: 0, by: -1) {
      descending[index] = join(
        [descending[index + 1].upsampled(by: 2), features[index]], index, "down\(index)")
    }
    guard last > 0 else { return features }
    var ascending = [descending[0]]
    for index in 1...last {
      let strided = ascending[index - 1].through(
        "stride\(index)",
        ConvolutionBlock(
          channels: widths[index - 1], stride: 2, activation: activation.function, norm: norm.layer)
      )
      ascending.append(join([strided, descending[index]], index, "up\(index)"))
    }
    return ascending
  }

  private func join(_ values: [Value], _ level: Int, _ name: String) -> Value {
    Value.concatenated(values).through(
      name,
      CrossStageStage(
        channels: widths[level], depth: depth, hasShortcut: false,
        activation: activation.function, attention: attention.ofBlocks, norm: norm.layer,
        drop: drop.ofBlocks))
  }

  package func validate(strides: [Int], extraLevels: Int) throws {
    let levels = strides.count - extraLevels
    guard widths.count == levels else {
      throw SettingsError.contradiction(
        key: "neck.widths",
        reason: "has \(widths.count) entries; one for each of the \(levels) strides is needed")
    }
    guard extraLevels == 0 else {
      throw SettingsError.contradiction(
        key: "strides",
        reason: "go beyond the backbone's, which pathAggregation cannot add (featurePyramid can)")
    }
    try requirePositive(widths, key: "neck.widths")
    try requireNotNegative([depth], key: "neck.depth")
    try norm.validate(key: "neck.norm")
    try drop.validate(key: "neck.drop", strides: strides)
    try attention.validate(
      key: "neck.attention", strides: strides,
      channels: widths + (attention.inBlocks ? widths.map { $0 / 2 } : []))
  }
}
