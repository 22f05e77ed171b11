/// A 3×3 and a 1×1 convolution and, where shapes agree, the input itself, each with a norm of its own,
/// added before the activation.
///
/// All three are linear, so that trained they amount to one 3×3 convolution.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H / stride, W / stride]`, rounded up
///
/// Ding et al.: *RepVGG: Making VGG-style ConvNets Great Again*, CVPR 2021, §3.2.
public struct RepVGGBlock: Layer {
  public var channels: Int
  public var stride: Extent
  public var activation: ActivationFunction
  public var norm: Norm
  /// Behind the sum, before the activation, as in the authors' program.
  public var attention: Attention?

  public init(
    channels: Int, stride: Extent = 1, activation: ActivationFunction = .relu,
    attention: Attention? = nil, norm: Norm = .standard
  ) {
    self.channels = channels
    self.stride = stride
    self.activation = activation
    self.norm = norm
    self.attention = attention
  }

  public func callAsFunction(_ x: Value) -> Value {
    func branch(_ kernel: Extent) -> ConvolutionBlock {
      ConvolutionBlock(
        channels: channels, kernel: kernel, stride: stride, activation: .identity, norm: norm)
    }
    let sum = x.through("conv3", branch(3)) + x.through("conv1", branch(1))
    let hasIdentity = x.channels == channels && stride == 1
    let joined = hasIdentity ? sum + x.through("identity", norm) : sum
    return (attention.map { joined.attended($0, norm: norm) } ?? joined).activated(activation)
  }
}
