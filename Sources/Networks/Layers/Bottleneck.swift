/// Two convolutions with the input added to their result.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
///
/// He et al.: *Deep Residual Learning*, CVPR 2016, §3.2. As in Darknet-53 (Redmon, Farhadi: *YOLOv3*,
/// 2018, §2.4) there are two convolutions, and activations come before the sum.
public struct Bottleneck: Layer {
  public var channels: Int
  /// Channels between the two convolutions.
  public var hidden: Int
  /// Of the first convolution; the second is 3×3.
  public var firstKernel: Extent
  /// Whether the input is added, which needs as many channels in as out.
  public var hasShortcut: Bool
  public var activation: ActivationFunction
  /// In the residual branch.
  public var attention: Attention?
  public var norm: Norm
  /// Of the residual branch.
  public var drop: Dropout?

  public init(
    channels: Int, hidden: Int? = nil, firstKernel: Extent = 3, hasShortcut: Bool = true,
    activation: ActivationFunction = .silu, attention: Attention? = nil,
    norm: Norm = .standard, drop: Dropout? = nil
  ) {
    self.channels = channels
    self.hidden = hidden ?? channels
    self.firstKernel = firstKernel
    self.hasShortcut = hasShortcut
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
        ConvolutionBlock(channels: hidden, kernel: firstKernel, activation: activation, norm: norm)
      )
      .through(
        "conv2", ConvolutionBlock(channels: channels, activation: activation, norm: norm),
        then: attention)
    return hasShortcut ? x + y.dropped(drop) : y
  }
}
