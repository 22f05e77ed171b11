import Networks

/// Carries features down from coarse levels to fine ones and back up, joined by concatenation and
/// cross-stage stages.
///
/// - Inputs: `[N, Cᵢ, Hᵢ, Wᵢ]`, each half the size of the one before
/// - Outputs: `[N, widthsᵢ, Hᵢ, Wᵢ]`, the extra levels among them
///
/// Liu et al.: *Path Aggregation Network*, CVPR 2018, §3.1; with concatenation and cross-stage stages
/// as in Bochkovskiy et al.: *YOLOv4*, 2020, §3.4, and YOLOX (Ge et al., 2021).
public struct PathAggregation: Hashable, Sendable, Codable {
  /// Channels of each level, extra ones included.
  public var widths = [64, 128, 256]
  /// Bottlenecks in each stage.
  public var depth = 1
  public var enlarging = Enlarging.nearest
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var activation = ActivationName.silu
  public var attention = AttentionSettings()

  public init() {}
}

extension PathAggregation: MixingNeck {
  package var hasEqualChannels: Bool { widths.allSatisfy { $0 == widths[0] } }

  package var enlargesExtraLevels: Bool { true }

  package func callAsFunction(_ backbone: [Value], extraLevels: Int) -> [Value] {
    let features = extended(backbone, by: extraLevels)
    let last = features.count - 1
    var descending = features
    for index in stride(from: last - 1, through: 0, by: -1) {
      descending[index] = join(
        [
          descending[index + 1].doubled(enlarging, "enlarge\(index)", norm: norm.layer),
          features[index],
        ], index,
        "down\(index)")
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

  /// Strided convolutions add the levels that the backbone lacks.
  private func extended(_ features: [Value], by extraLevels: Int) -> [Value] {
    (0..<extraLevels).reduce(features) { levels, index in
      levels + [
        levels.last!.through(
          "extra\(index)",
          ConvolutionBlock(
            channels: widths[levels.count], stride: 2, activation: activation.function,
            norm: norm.layer))
      ]
    }
  }

  private func join(_ values: [Value], _ level: Int, _ name: String) -> Value {
    Value.concatenated(values).through(
      name,
      CrossStageStage(
        channels: widths[level], depth: depth, hasShortcut: false,
        activation: activation.function, attention: attention.ofBlocks, norm: norm.layer))
  }

  public func validate(strides: [Int], extraLevels: Int) throws {
    guard widths.count == strides.count else {
      throw SettingsError.contradiction(
        key: "neck.widths",
        reason:
          "has \(widths.count) entries; one for each of the \(strides.count) strides is needed")
    }
    try requireLevels(strides, type: "pathAggregation")
    let check = SettingsCheck("neck")
    try check.positive(["widths": widths])
    try check.notNegative(["depth": depth])
    try norm.validate(key: "neck.norm")
    try drop.validate(key: "neck.drop", strides: strides)
    guard drop.ofBlocks == nil else {
      throw SettingsError.contradiction(
        key: "neck.drop.type",
        reason: "dropPath needs residual blocks, and pathAggregation's bottlenecks add nothing")
    }
    if depth == 0 {
      try BlockPlaces(attention: attention, drop: drop)
        .requireNone(key: "neck", reason: "neck.depth is 0")
    }
    try attention.validate(
      key: "neck.attention", strides: strides,
      channels: widths + (attention.inBlocks ? widths.map { $0 / 2 } : []))
  }
}
