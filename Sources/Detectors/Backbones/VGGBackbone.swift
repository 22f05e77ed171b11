import Networks

/// Stages of 3×3 convolutions in a row with a maximum of stride 2 between them, and one at the end.
///
/// The stages have strides 1, 2, 4, 8, 16; the pool at the end has 32.
///
/// Simonyan, Zisserman: *Very Deep Convolutional Networks*, ICLR 2015, table 1. The paper has no batch
/// norm (`hasNorm: false`); with it convolutions have no bias, which a norm would take out again.
public struct VGGBackbone: Hashable, Sendable, Codable {
  /// Channels of each stage.
  public var widths = [64, 128, 256, 512, 512]
  /// Convolutions of each stage.
  public var depths: [Int]
  public var hasNorm = true
  public var attention = AttentionSettings()
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var padding = BorderFilling.zeros
  public var activation = ActivationName.relu
  public var scale = BackboneScale()

  public init(depths: [Int]) { self.depths = depths }
}

extension VGGBackbone: StagedBackbone {
  package var stageStrides: [Int] { (0...widths.count).map { 1 << $0 } }

  package func stem(_ image: Value, norm: Norm) -> Value { image }

  package func stage(_ index: Int, _ x: Value, norm: Norm) -> Value {
    let pooled =
      index == 0 ? x : x.through("pool", Pooling(.maximum, kernel: 2, stride: 2, padding: 0))
    guard index < widths.count else { return pooled }
    let channels = scale.channels(widths[index])
    return (0..<scale.blocks(depths[index])).reduce(pooled) { value, layer in
      value.scoped("\(layer)") { x in
        let y =
          hasNorm
          ? ConvolutionBlock(channels: channels, activation: activation.function, norm: norm)(x)
          : x.through("conv", Convolution(channels: channels, kernel: 3))
            .activated(activation.function)
        return y.weighed(by: attention.ofBlocks, norm: norm)
      }
    }
  }

  package var idle: [IdleSetting] {
    IdleSetting.all(["norm"], of: "backbone", "hasNorm: false", if: !hasNorm)
  }

  public func validate() throws {
    try validate(stem: 1, widths: widths, depths: depths)
    guard widths.count > 1 else {
      throw SettingsError.contradiction(
        key: "backbone.widths", reason: "must have two entries or more: the first has stride 1")
    }
  }
}
