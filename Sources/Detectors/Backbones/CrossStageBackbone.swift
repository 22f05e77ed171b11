import Networks

/// Strided convolutions, each followed by a cross-stage stage.
///
/// The stem has stride 2; the stages have strides 4, 8, 16, 32. All are dense convolutions with
/// channels in multiples of 16, which run near a CPU's peak.
///
/// Wang et al.: *CSPNet*, CVPR Workshops 2020; stage and stem arrangement of YOLOX (Ge et al., 2021)
/// and its relatives.
public struct CrossStageBackbone: Hashable, Sendable, Codable {
  /// Channels of the stem.
  public var stem = 16
  /// Channels of each stage.
  public var widths = [32, 64, 128, 256]
  /// Bottlenecks of each stage.
  public var depths = [1, 2, 2, 1]
  /// Where it follows the last stage, it does so before the pooling.
  public var attention = AttentionSettings(
    .squeezeExcitation(SqueezeExcitation(reduction: 4)), after: [16, 32])
  /// Whether ``SpatialPyramidPoolingFast`` follows the last stage.
  public var poolsPyramid = true
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var activation = ActivationName.silu

  public init() {}
}

extension CrossStageBackbone: Backbone {
  package var strides: [Int] { widths.indices.map { 4 << $0 } }

  package func callAsFunction(_ image: Value) -> [Value] {
    let function = activation.function
    var x = image.through(
      "stem", ConvolutionBlock(channels: stem, stride: 2, activation: function, norm: norm.layer))
    var features: [Value] = []
    for index in widths.indices {
      x = x.scoped("stage\(index + 1)") { stage(index, $0) }
      features.append(x)
    }
    return features
  }

  private func stage(_ index: Int, _ x: Value) -> Value {
    let function = activation.function
    let y =
      x
      .through(
        "down",
        ConvolutionBlock(channels: widths[index], stride: 2, activation: function, norm: norm.layer)
      )
      .through(
        "csp",
        CrossStageStage(
          channels: widths[index], depth: depths[index], activation: function,
          attention: attention.ofBlocks, norm: norm.layer,
          drop: drop.ofBlocks(stage: index, depths: depths))
      )
      .attended(attention, stride: strides[index], norm: norm)
      .dropped(drop, stride: strides[index])
    guard poolsPyramid, index == widths.count - 1 else { return y }
    return y.through(
      "sppf",
      SpatialPyramidPoolingFast(channels: widths[index], activation: function, norm: norm.layer))
  }

  package func validate() throws {
    guard !widths.isEmpty, widths.count == depths.count else {
      throw SettingsError.contradiction(
        key: "backbone.depths",
        reason: "has \(depths.count) entries; one for each of the \(widths.count) widths is needed")
    }
    try norm.validate(key: "backbone.norm")
    try drop.validate(key: "backbone.drop", strides: strides)
    try attention.validate(
      key: "backbone.attention", strides: strides,
      channels: widths + (attention.inBlocks ? widths.map { $0 / 2 } : []))
    try requirePositive(widths + [stem], key: "backbone.widths and stem")
    try requireNotNegative(depths, key: "backbone.depths")
  }
}
