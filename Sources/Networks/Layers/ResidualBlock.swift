/// The basic residual block: two 3×3 convolutions, the input added before the last activation.
///
/// Where stride or channels change, the input passes a 1×1 convolution (the paper's option B).
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H / stride, W / stride]`, rounded up
///
/// He et al.: *Deep Residual Learning*, CVPR 2016, §3.2 and figure 2.
public struct ResidualBlock: Layer {
  public var channels: Int
  public var stride: Extent
  public var activation: ActivationFunction
  /// In the residual branch.
  public var attention: Attention?
  public var norm: Norm
  /// Of the residual branch.
  public var drop: Dropout?

  public init(
    channels: Int, stride: Extent = 1, activation: ActivationFunction = .relu,
    attention: Attention? = nil, norm: Norm = .standard, drop: Dropout? = nil
  ) {
    self.channels = channels
    self.stride = stride
    self.activation = activation
    self.attention = attention
    self.norm = norm
    self.drop = drop
  }

  public func callAsFunction(_ x: Value) -> Value {
    let y =
      x
      .through(
        "conv1",
        ConvolutionBlock(channels: channels, stride: stride, activation: activation, norm: norm)
      )
      .through(
        "conv2", ConvolutionBlock(channels: channels, activation: .identity, norm: norm),
        then: attention)
    let projection = ConvolutionBlock(
      channels: channels, kernel: 1, stride: stride, activation: .identity, norm: norm)
    let isSame = x.channels == channels && stride == 1
    return ((isSame ? x : x.through("shortcut", projection)) + y.dropped(drop)).activated(
      activation)
  }
}
