import Networks

/// Stages of ``RepVGGBlock``: three branches while training, one 3×3 convolution afterwards.
///
/// The stem has stride 2; the stages have strides 4, 8, 16, 32.
///
/// Ding et al.: *RepVGG*, CVPR 2021, table 2.
public struct RepVGGBackbone: Hashable, Sendable, Codable {
  /// Channels of the stem.
  public var stem: Int
  /// Channels of each stage.
  public var widths: [Int]
  /// Blocks of each stage.
  public var depths: [Int]
  public var attention = AttentionSettings()
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var padding = BorderFilling.zeros
  public var activation = ActivationName.relu
  public var scale = BackboneScale()

  public init(stem: Int, widths: [Int], depths: [Int] = [2, 4, 14, 1]) {
    self.stem = stem
    self.widths = widths
    self.depths = depths
  }

  public static let a0 = RepVGGBackbone(stem: 48, widths: [48, 96, 192, 1280])
  public static let a1 = RepVGGBackbone(stem: 64, widths: [64, 128, 256, 1280])
  public static let a2 = RepVGGBackbone(stem: 64, widths: [96, 192, 384, 1408])
  public static let b0 = RepVGGBackbone(
    stem: 64, widths: [64, 128, 256, 1280], depths: [4, 6, 16, 1])
}

extension RepVGGBackbone: StagedBackbone {
  package var stageStrides: [Int] { widths.indices.map { 4 << $0 } }

  private func block(
    _ channels: Int, stride: Extent, _ norm: Norm, attention: Attention? = nil
  ) -> RepVGGBlock {
    RepVGGBlock(
      channels: scale.channels(channels), stride: stride, activation: activation.function,
      attention: attention, norm: norm)
  }

  package func stem(_ image: Value, norm: Norm) -> Value {
    image.through("stem", block(stem, stride: 2, norm))
  }

  package func stage(_ index: Int, _ x: Value, norm: Norm) -> Value {
    (0..<scale.blocks(depths[index])).reduce(x) { value, number in
      value.through(
        "\(number)",
        block(
          widths[index], stride: number == 0 ? 2 : 1, norm, attention: attention.ofBlocks))
    }
  }

  public func validate() throws {
    try validate(stem: stem, widths: widths, depths: depths)
  }
}
