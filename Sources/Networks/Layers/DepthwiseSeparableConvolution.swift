/// A filter for each channel by itself, then a 1×1 convolution that mixes channels, each with a norm
/// and an activation.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H / stride, W / stride]`, rounded up
///
/// Howard et al.: *MobileNets*, 2017, §3.1 and figure 3.
public struct DepthwiseSeparableConvolution: Layer {
  public var channels: Int
  public var kernel: Extent
  public var stride: Extent
  public var activation: ActivationFunction
  public var norm: Norm

  public init(
    channels: Int, kernel: Extent = 3, stride: Extent = 1, activation: ActivationFunction = .relu6,
    norm: Norm = .standard
  ) {
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.activation = activation
    self.norm = norm
  }

  public func callAsFunction(_ x: Value) -> Value {
    x.through(
      "depthwise",
      ConvolutionBlock(
        channels: x.channels, kernel: kernel, stride: stride, groups: x.channels,
        activation: activation, norm: norm)
    )
    .through(
      "pointwise",
      ConvolutionBlock(channels: channels, kernel: 1, activation: activation, norm: norm))
  }
}
