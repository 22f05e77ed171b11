/// Residual blocks in a row whose 3×3 convolutions have a dilation each: the field grows, the size stays.
///
/// A 1×1 and a 3×3 convolution lead in.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
///
/// Chen et al.: *You Only Look One-level Feature*, CVPR 2021, §4.1 (dilated encoder). Dilations with a
/// common factor see a grid with holes: Wang et al.: *Understanding Convolution for Semantic
/// Segmentation*, WACV 2018, §3.2.
public struct DilatedStack: Layer {
  public var channels: Int
  /// Of each block.
  public var dilations: [Int]
  /// How many times fewer channels the 3×3 convolutions have.
  public var reduction: Int
  public var activation: ActivationFunction
  public var norm: Norm

  public init(
    channels: Int, dilations: [Int] = [1, 3, 5, 1, 3, 5], reduction: Int = 4,
    activation: ActivationFunction = .relu, norm: Norm = .standard
  ) {
    self.channels = channels
    self.dilations = dilations
    self.reduction = reduction
    self.activation = activation
    self.norm = norm
  }

  public func callAsFunction(_ x: Value) -> Value {
    func block(
      _ channels: Int, _ kernel: Extent, dilation: Int = 1, isLinear: Bool = false
    ) -> ConvolutionBlock {
      ConvolutionBlock(
        channels: channels, kernel: kernel, dilation: Extent(dilation),
        activation: isLinear ? .identity : activation, norm: norm)
    }
    let inner = max(1, channels / reduction)
    let projected =
      x
      .through("lateral", block(channels, 1, isLinear: true))
      .through("smooth", block(channels, 3, isLinear: true))
    return dilations.enumerated().reduce(projected) { value, step in
      value.scoped("\(step.offset)") { x in
        x
          + x.through("conv1", block(inner, 1))
          .through("conv2", block(inner, 3, dilation: step.element))
          .through("conv3", block(channels, 1))
      }
    }
  }
}
