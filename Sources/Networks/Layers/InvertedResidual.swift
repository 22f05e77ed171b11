/// Widens with a 1×1 convolution, filters each channel by itself, and narrows with a linear 1×1
/// convolution; the input is added where shapes agree.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H / stride, W / stride]`, rounded up
///
/// Sandler et al.: *MobileNetV2*, CVPR 2018, §3.3 and table 1.
public struct InvertedResidual: Layer {
  public var channels: Int
  /// The paper's *t*: how many times more channels lie between the 1×1 convolutions; at 1 the first
  /// is left out.
  public var expansion: Int
  public var stride: Extent
  public var activation: ActivationFunction
  public var norm: Norm

  public init(
    channels: Int, expansion: Int = 6, stride: Extent = 1, activation: ActivationFunction = .relu6,
    norm: Norm = .standard
  ) {
    self.channels = channels
    self.expansion = expansion
    self.stride = stride
    self.activation = activation
    self.norm = norm
  }

  public func callAsFunction(_ x: Value) -> Value {
    let hidden = x.channels * expansion
    var y = x
    if expansion > 1 {
      y = y.through(
        "expand",
        ConvolutionBlock(channels: hidden, kernel: 1, activation: activation, norm: norm))
    }
    y =
      y
      .through(
        "depthwise",
        ConvolutionBlock(
          channels: hidden, stride: stride, groups: hidden, activation: activation, norm: norm)
      )
      .through(
        "project",
        ConvolutionBlock(channels: channels, kernel: 1, activation: .identity, norm: norm))
    return x.channels == channels && stride == 1 ? x + y : y
  }
}
