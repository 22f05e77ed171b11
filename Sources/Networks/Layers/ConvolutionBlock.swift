/// A convolution without bias, batch norm and an activation.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H / stride, W / stride]`, rounded up
public struct ConvolutionBlock: Layer {
  public var channels: Int
  public var kernel: Extent
  public var stride: Extent
  public var dilation: Extent
  public var groups: Int
  public var activation: ActivationFunction
  public var norm: Norm

  public init(
    channels: Int, kernel: Extent = 3, stride: Extent = 1, dilation: Extent = 1,
    groups: Int = 1, activation: ActivationFunction = .silu, norm: Norm = .standard
  ) {
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.groups = groups
    self.activation = activation
    self.norm = norm
  }

  public func callAsFunction(_ x: Value) -> Value {
    x.through(
      "conv",
      Convolution(
        channels: channels, kernel: kernel, stride: stride, dilation: dilation, groups: groups,
        hasBias: false)
    )
    .through("norm", norm)
    .activated(activation)
  }
}
