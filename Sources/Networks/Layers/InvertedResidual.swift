/// Widens with a 1×1 convolution, filters each channel by itself, and narrows with a linear 1×1
/// convolution; the input is added where shapes agree.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H / stride, W / stride]`, rounded up
///
/// Sandler et al.: *MobileNetV2*, CVPR 2018, §3.3 and table 1; with a gate Howard et al.: *Searching for
/// MobileNetV3*, ICCV 2019, figure 4.
public struct InvertedResidual: Layer {
  public var channels: Int
  /// Channels between the 1×1 convolutions; where they are the input's, the first is left out.
  public var hidden: Int
  /// Of the filters.
  public var kernel: Extent
  public var stride: Extent
  /// After the filters.
  public var gate: SqueezeExcitation?
  public var activation: ActivationFunction
  public var norm: Norm
  /// Of the branch that is added.
  public var drop: Dropout?
  /// In the residual branch.
  public var attention: Attention?

  public init(
    channels: Int, hidden: Int, kernel: Extent = 3, stride: Extent = 1,
    gate: SqueezeExcitation? = nil, activation: ActivationFunction = .relu6,
    attention: Attention? = nil, norm: Norm = .standard,
    drop: Dropout? = nil
  ) {
    self.channels = channels
    self.hidden = hidden
    self.kernel = kernel
    self.stride = stride
    self.gate = gate
    self.activation = activation
    self.norm = norm
    self.drop = drop
    self.attention = attention
  }

  public func callAsFunction(_ x: Value) -> Value {
    var y = x
    if hidden != x.channels {
      y = y.through(
        "expand",
        ConvolutionBlock(channels: hidden, kernel: 1, activation: activation, norm: norm))
    }
    y = y.through(
      "depthwise",
      ConvolutionBlock(
        channels: hidden, kernel: kernel, stride: stride, groups: hidden, activation: activation,
        norm: norm))
    if let gate { y = y.through("se", gate) }
    y = y.through(
      "project",
      ConvolutionBlock(channels: channels, kernel: 1, activation: .identity, norm: norm))
    if let attention {
      // What is called as the block's own gate stands one level below.
      y =
        if case .squeezeExcitation = attention, gate != nil {
          y.scoped("attention") { $0.attended(attention, norm: norm) }
        } else {
          y.attended(attention, norm: norm)
        }
    }
    return x.channels == channels && stride == 1 ? x + y.dropped(drop) : y
  }
}
