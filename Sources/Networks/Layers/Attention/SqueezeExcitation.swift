/// Scales each channel by a gate computed from the mean of all channels.
///
/// `y = x · σ(W₂ relu(W₁ mean(x)))`, the mean over height and width.
///
/// - Input, output: `[N, C, H, W]`
///
/// Hu, Shen, Sun: *Squeeze-and-Excitation Networks*, CVPR 2018, §3. The two matrices are 1×1
/// convolutions here.
public struct SqueezeExcitation: Layer {
  /// The paper's *r*: how many times fewer channels lie between the two matrices.
  public var reduction: Int
  /// Channels between the two matrices, whatever the input's; no setting, as is `gate`.
  public var hidden: Int?
  /// In the place of σ.
  public var gate = ActivationFunction.sigmoid

  private enum CodingKeys: String, CodingKey { case reduction }

  public init(reduction: Int = 16, hidden: Int? = nil, gate: ActivationFunction = .sigmoid) {
    self.reduction = reduction
    self.hidden = hidden
    self.gate = gate
  }

  public func callAsFunction(_ x: Value) -> Value {
    let hidden = hidden ?? max(1, x.channels / reduction)
    let squeezed = x.spatialMean
      .through("squeeze", Convolution(channels: hidden, kernel: 1))
      .activated(.relu)
    let gates =
      squeezed
      .through("excite", Convolution(channels: x.channels, kernel: 1))
      .activated(gate)
    return x.gated(by: gates)
  }
}
