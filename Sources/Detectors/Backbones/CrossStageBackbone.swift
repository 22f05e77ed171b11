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
  public var stemKernel = 3
  /// Channels of each stage.
  public var widths = [32, 64, 128, 256]
  /// Bottlenecks of each stage.
  public var depths = [1, 2, 2, 1]
  /// Of each bottleneck's first convolution: 3, or 1 as in Darknet.
  public var firstKernel = 3
  /// Where it follows the last stage, it does so before the pooling.
  public var attention = AttentionSettings(
    .squeezeExcitation(SqueezeExcitation(reduction: 4)), after: [16, 32])
  /// Whether ``SpatialPyramidPoolingFast`` follows the last stage.
  public var poolsPyramid = true
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var padding = BorderFilling.zeros
  public var activation = ActivationName.silu
  public var scale = BackboneScale()

  public init() {}

  /// CSPDarknet at width and depth 1, with the 6×6 stem that a focus layer amounts to.
  public static let cspDarknet: CrossStageBackbone = {
    var backbone = CrossStageBackbone()
    (backbone.stem, backbone.stemKernel, backbone.firstKernel) = (64, 6, 1)
    backbone.widths = [128, 256, 512, 1024]
    backbone.depths = [3, 6, 9, 3]
    backbone.attention = AttentionSettings()
    return backbone
  }()
}

extension CrossStageBackbone: StagedBackbone {
  package var hasBlocks: Bool { true }

  package var stageStrides: [Int] { widths.indices.map { 4 << $0 } }

  package func stem(_ image: Value, norm: Norm) -> Value {
    image.through(
      "stem",
      ConvolutionBlock(
        channels: scale.channels(stem), kernel: Extent(stemKernel), stride: 2,
        activation: activation.function, norm: norm))
  }

  package func stage(_ index: Int, _ x: Value, norm: Norm) -> Value {
    let function = activation.function
    let channels = scale.channels(widths[index])
    return
      x
      .through(
        "down",
        ConvolutionBlock(channels: channels, stride: 2, activation: function, norm: norm)
      )
      .through(
        "csp",
        CrossStageStage(
          channels: channels, depth: scale.blocks(depths[index]),
          firstKernel: Extent(firstKernel), activation: function,
          attention: attention.ofBlocks, norm: norm,
          drop: pathDrop(stage: index, depths: depths)))
  }

  package func completed(_ index: Int, _ x: Value, norm: Norm) -> Value {
    guard poolsPyramid, index == widths.count - 1 else { return x }
    return x.through(
      "sppf",
      SpatialPyramidPoolingFast(
        channels: x.channels, activation: activation.function, norm: norm))
  }

  public func validate() throws {
    try validate(
      stem: stem, widths: widths, depths: depths, leastDepth: 0,
      inner: widths.map { scale.channels($0) / 2 })
    let check = SettingsCheck("backbone")
    try check.positive(["stemKernel": stemKernel])
    try check.odd(["firstKernel": firstKernel])
  }
}
