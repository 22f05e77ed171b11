/// The bottleneck residual block: 1×1, 3×3 and 1×1 convolutions, the input added before the last
/// activation.
///
/// Where stride or channels change, the input passes a 1×1 convolution (the paper's option B).
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, 4·width, H / stride, W / stride]`, rounded up
///
/// He et al.: *Deep Residual Learning*, CVPR 2016, figure 5. The stride is on the 3×3 convolution, as
/// in torchvision ("v1.5"), not on the first.
public struct BottleneckResidualBlock: Layer {
  /// Channels of the 3×3 convolution.
  public var width: Int
  public var stride: Extent
  public var activation: ActivationFunction
  public var norm: Norm

  /// Channels of the result for one of the 3×3 convolution.
  public static let expansion = 4

  public init(
    width: Int, stride: Extent = 1, activation: ActivationFunction = .relu,
    norm: Norm = .standard
  ) {
    self.width = width
    self.stride = stride
    self.activation = activation
    self.norm = norm
  }

  public func callAsFunction(_ x: Value) -> Value {
    let channels = Self.expansion * width
    func block(
      _ channels: Int, _ kernel: Extent, _ stride: Extent, _ function: ActivationFunction
    ) -> ConvolutionBlock {
      ConvolutionBlock(
        channels: channels, kernel: kernel, stride: stride, activation: function, norm: norm)
    }
    let y =
      x
      .through("conv1", block(width, 1, 1, activation))
      .through("conv2", block(width, 3, stride, activation))
      .through("conv3", block(channels, 1, 1, .identity))
    let isSame = x.channels == channels && stride == 1
    let shortcut = isSame ? x : x.through("shortcut", block(channels, 1, stride, .identity))
    return (shortcut + y).activated(activation)
  }
}
