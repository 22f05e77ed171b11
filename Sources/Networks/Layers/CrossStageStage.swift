/// Bottlenecks on one half of the channels, joined with the other half, which bypasses them.
///
/// The halves come from two 1×1 convolutions, not from slicing.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
///
/// Wang et al.: *CSPNet*, CVPR Workshops 2020, §3.1, in the arrangement of Ge et al.: *YOLOX*, 2021.
public struct CrossStageStage: Layer {
  public var channels: Int
  /// Bottlenecks in a row.
  public var depth: Int
  /// Channels of each of the two branches.
  public var hidden: Int
  /// Of each bottleneck's first convolution.
  public var firstKernel: Extent
  public var hasShortcut: Bool
  public var activation: ActivationFunction
  /// In each bottleneck.
  public var attention: Attention?
  public var norm: Norm
  /// Of the residual branch.
  public var drop: Dropout?

  public init(
    channels: Int, depth: Int, hidden: Int? = nil, firstKernel: Extent = 3,
    hasShortcut: Bool = true, activation: ActivationFunction = .silu, attention: Attention? = nil,
    norm: Norm = .standard, drop: Dropout? = nil
  ) {
    self.channels = channels
    self.depth = depth
    self.hidden = hidden ?? channels / 2
    self.firstKernel = firstKernel
    self.hasShortcut = hasShortcut
    self.activation = activation
    self.attention = attention
    self.norm = norm
    self.drop = drop
  }

  public func callAsFunction(_ x: Value) -> Value {
    let pointwise = ConvolutionBlock(
      channels: hidden, kernel: 1, activation: activation, norm: norm)
    var main = x.through("main", pointwise)
    for index in 0..<depth {
      main = main.through(
        "\(index)",
        Bottleneck(
          channels: hidden, firstKernel: firstKernel, hasShortcut: hasShortcut,
          activation: activation, attention: attention, norm: norm, drop: drop))
    }
    return Value.concatenated([main, x.through("bypass", pointwise)])
      .through(
        "join", ConvolutionBlock(channels: channels, kernel: 1, activation: activation, norm: norm))
  }
}
