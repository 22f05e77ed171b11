/// The bottleneck residual block: 1×1, 3×3 and 1×1 convolutions, the input added before the last
/// activation.
///
/// Where stride or channels change, the input passes a 1×1 convolution (the paper's option B).
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H / stride, W / stride]`, rounded up
///
/// He et al.: *Deep Residual Learning*, CVPR 2016, figure 5. The stride is on the 3×3 convolution, as
/// in torchvision ("v1.5"), not on the first.
public struct BottleneckResidualBlock: Layer {
  public var channels: Int
  /// Channels of the 3×3 convolution.
  public var hidden: Int
  /// Of the 3×3 convolution: Xie et al.: *Aggregated Residual Transformations*, CVPR 2017, figure 3c.
  public var groups: Int
  public var stride: Extent
  public var activation: ActivationFunction
  public var norm: Norm
  /// Of the branch that is added.
  public var drop: Dropout?
  /// In the residual branch.
  public var attention: Attention?

  public init(
    channels: Int, hidden: Int, groups: Int = 1, stride: Extent = 1,
    activation: ActivationFunction = .relu,
    attention: Attention? = nil, norm: Norm = .standard,
    drop: Dropout? = nil
  ) {
    self.channels = channels
    self.hidden = hidden
    self.groups = groups
    self.stride = stride
    self.activation = activation
    self.norm = norm
    self.drop = drop
    self.attention = attention
  }

  public func callAsFunction(_ x: Value) -> Value {
    func block(
      _ channels: Int, _ kernel: Extent, _ function: ActivationFunction, stride: Extent = 1,
      groups: Int = 1
    ) -> ConvolutionBlock {
      ConvolutionBlock(
        channels: channels, kernel: kernel, stride: stride, groups: groups, activation: function,
        norm: norm)
    }
    // A selective kernel is a 3×3 convolution itself: Li et al.'s SKNet has it here.
    let isKernel = if case .selectiveKernel = attention { true } else { false }
    let y =
      x
      .through("conv1", block(hidden, 1, activation))
      .through(
        "conv2", block(hidden, 3, activation, stride: stride, groups: groups),
        then: isKernel ? attention : nil
      )
      .through("conv3", block(channels, 1, .identity), then: isKernel ? nil : attention)
    let isSame = x.channels == channels && stride == 1
    let shortcut = isSame ? x : x.through("shortcut", block(channels, 1, .identity, stride: stride))
    return (shortcut + y.dropped(drop)).activated(activation)
  }
}
