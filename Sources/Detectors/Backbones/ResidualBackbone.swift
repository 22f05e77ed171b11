import Networks

/// Stages of basic residual blocks, each stage halving the size in its first block.
///
/// The stem has stride 2 (3×3 instead of the paper's 7×7 and pool); the stages have strides 4, 8,
/// 16, 32.
///
/// He et al.: *Deep Residual Learning*, CVPR 2016, table 1.
public struct ResidualBackbone: Hashable, Sendable, Codable {
  /// Channels of the stem.
  public var stem = 16
  /// Channels of each stage.
  public var widths = [32, 64, 128, 128]
  /// Blocks of each stage.
  public var depths = [1, 1, 1, 1]
  public var attention = AttentionSettings()
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var activation = ActivationName.relu

  public init() {}
}

extension ResidualBackbone: Backbone {
  package var strides: [Int] { widths.indices.map { 4 << $0 } }

  package func callAsFunction(_ image: Value) -> [Value] {
    let function = activation.function
    var x = image.through(
      "stem", ConvolutionBlock(channels: stem, stride: 2, activation: function, norm: norm.layer))
    var features: [Value] = []
    for index in widths.indices {
      x = x.scoped("stage\(index + 1)") { stage in
        (0..<depths[index]).reduce(stage) { value, block in
          value.through(
            "\(block)",
            ResidualBlock(
              channels: widths[index], stride: block == 0 ? 2 : 1, activation: function,
              attention: attention.ofBlocks, norm: norm.layer,
              drop: drop.ofBlocks(stage: index, depths: depths)))
        }
        .attended(attention, stride: strides[index], norm: norm)
        .dropped(drop, stride: strides[index])
      }
      features.append(x)
    }
    return features
  }

  package func validate() throws {
    guard !widths.isEmpty, widths.count == depths.count else {
      throw SettingsError.contradiction(
        key: "backbone.depths",
        reason: "has \(depths.count) entries; one for each of the \(widths.count) widths is needed")
    }
    try norm.validate(key: "backbone.norm")
    try drop.validate(key: "backbone.drop", strides: strides)
    try attention.validate(key: "backbone.attention", strides: strides, channels: widths)
    try requirePositive(widths + depths + [stem], key: "backbone.widths and depths")
  }
}
