import Networks

/// Strided convolutions, each followed by residual blocks of a 1×1 and a 3×3 convolution.
///
/// The stem keeps the size; the stages have strides 2, 4, 8, 16, 32.
///
/// Redmon, Farhadi: *YOLOv3*, 2018, table 1 (Darknet-53).
public struct DarknetBackbone: Hashable, Sendable, Codable {
  /// Channels of the stem.
  public var stem = 32
  /// Channels of each stage.
  public var widths = [64, 128, 256, 512, 1024]
  /// Blocks of each stage.
  public var depths = [1, 2, 8, 8, 4]
  public var attention = AttentionSettings()
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var padding = BorderFilling.zeros
  /// Slope 0.1 is Darknet's.
  public var activation = ActivationName(.leakyReLU(slope: 0.1))
  public var scale = BackboneScale()

  public init() {}
}

extension DarknetBackbone: StagedBackbone {
  package var hasBlocks: Bool { true }

  package var stageStrides: [Int] { widths.indices.map { 2 << $0 } }

  private func block(_ channels: Int, stride: Extent, _ norm: Norm) -> ConvolutionBlock {
    ConvolutionBlock(
      channels: channels, stride: stride, activation: activation.function, norm: norm)
  }

  package func stem(_ image: Value, norm: Norm) -> Value {
    image.through("stem", block(scale.channels(stem), stride: 1, norm))
  }

  package func stage(_ index: Int, _ x: Value, norm: Norm) -> Value {
    let channels = scale.channels(widths[index])
    let down = x.through("down", block(channels, stride: 2, norm))
    return (0..<scale.blocks(depths[index])).reduce(down) { value, block in
      value.through(
        "\(block)",
        Bottleneck(
          channels: channels, hidden: max(1, channels / 2), firstKernel: 1,
          activation: activation.function, attention: attention.ofBlocks, norm: norm,
          drop: pathDrop(stage: index, depths: depths)))
    }
  }

  public func validate() throws {
    try validate(
      stem: stem, widths: widths, depths: depths, leastDepth: 0,
      inner: widths.map { scale.channels($0) / 2 })
    guard widths.count > 1 else {
      throw SettingsError.contradiction(
        key: "backbone.widths", reason: "must have two entries or more: the first has stride 2")
    }
  }
}
