/// Branches whose convolutions grow while their dilations do, joined and added to the input.
///
/// Branch `i` of three: a 1×1 convolution, `i` 3×3 ones (none in the first), and a 3×3 of dilation
/// 1, 2 or 3 for the first, the second and the third.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
///
/// Liu, Huang, Wang: *Receptive Field Block Net*, ECCV 2018, §3.2, with the widths of the authors'
/// program. There a constant of 0.1 scales what is added; here it is the first value of the join's norm.
public struct ReceptiveFieldBlock: Layer {
  public var channels: Int
  /// How many times fewer channels branches are made of.
  public var reduction: Int
  public var activation: ActivationFunction
  public var norm: Norm

  public init(
    channels: Int, reduction: Int = 8, activation: ActivationFunction = .relu,
    norm: Norm = .standard
  ) {
    self.channels = channels
    self.reduction = reduction
    self.activation = activation
    self.norm = norm
  }

  private func block(
    _ channels: Int, _ kernel: Extent, dilation: Int = 1, isLinear: Bool = false
  ) -> ConvolutionBlock {
    ConvolutionBlock(
      channels: channels, kernel: kernel, dilation: Extent(dilation),
      activation: isLinear ? .identity : activation, norm: norm)
  }

  public func callAsFunction(_ x: Value) -> Value {
    let inner = max(1, x.channels / reduction)
    let wide = 2 * inner
    func end(_ value: Value, dilation: Int) -> Value {
      value.through("dilated", block(wide, 3, dilation: dilation, isLinear: true))
    }
    let branches = [
      x.scoped("branch0") { end($0.through("point", block(wide, 1)), dilation: 1) },
      x.scoped("branch1") {
        end($0.through("point", block(inner, 1)).through("conv1", block(wide, 3)), dilation: 2)
      },
      x.scoped("branch2") {
        end(
          $0.through("point", block(inner, 1)).through("conv1", block(max(1, inner / 2 * 3), 3))
            .through("conv2", block(wide, 3)), dilation: 3)
      },
    ]
    var join = block(channels, 1, isLinear: true)
    join.norm = norm.starting(at: 0.1)
    let joined = Value.concatenated(branches).through("join", join)
    let shortcut = x.through("shortcut", block(channels, 1, isLinear: true))
    return (shortcut + joined).activated(activation)
  }
}
