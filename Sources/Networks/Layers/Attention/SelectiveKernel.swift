/// Convolves with windows of different reach, and mixes the branches for each channel by shares that
/// the picture chooses.
///
/// Branch `i` is a 3×3 convolution of dilation `i` with norm and activation: it reaches as far as a
/// `2·i + 1` window. With `U = Σ Uᵢ` and `z = relu(norm(W·mean(U)))`, `V = Σ aᵢ·Uᵢ`, the shares `a` of a
/// channel being the softmax over the branches of `Aᵢ·z`.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`, C channels where it is called as a layer
///
/// Li et al.: *Selective Kernel Networks*, CVPR 2019, §3.1, eqs. 1–6.
public struct SelectiveKernel: Layer {
  /// The paper's *M*.
  public var branches: Int
  /// Of each branch's convolution; 32 in the paper's networks, 1 runs fastest on CPUs.
  public var groups: Int
  /// The paper's *r*: how many times fewer numbers than channels the shares are computed from…
  public var reduction: Int
  /// … but at least so many, the paper's *L*.
  public var minimumHidden: Int

  public init(branches: Int = 2, groups: Int = 1, reduction: Int = 16, minimumHidden: Int = 32) {
    self.branches = branches
    self.groups = groups
    self.reduction = reduction
    self.minimumHidden = minimumHidden
  }

  public func callAsFunction(_ x: Value) -> Value {
    convolving(x, like: ConvolutionBlock(channels: x.channels, activation: .relu))
  }

  /// In the place of a 3×3 convolution. Its branches always have an activation, as in the paper.
  func convolving(_ x: Value, like block: ConvolutionBlock) -> Value {
    var block = block
    block.groups = groups
    if block.activation == .identity { block.activation = .relu }
    let values = (1...branches).map { dilation in
      block.dilation = Extent(dilation)
      return x.through("branch\(dilation)", block)
    }
    guard branches > 1 else { return values[0] }
    let joined = Value.concatenated(values)
    let sum = BranchSum(branches: branches)
    let hidden = max(minimumHidden, block.channels / reduction)
    let logits = sum(joined).spatialMean
      .through(
        "fuse",
        ConvolutionBlock(channels: hidden, kernel: 1, activation: .relu, norm: block.norm)
      )
      .through("select", Convolution(channels: joined.channels, kernel: 1, hasBias: false))
    return sum(joined.gated(by: Softmax(branches: branches)(logits)))
  }
}
