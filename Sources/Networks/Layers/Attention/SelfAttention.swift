/// Adds to each cell what it gathers from all cells, near and far, by agreement of content and place.
///
/// `y = x + norm(W_o·attention(W_q·x, W_k·x, W_v·x))` (``DotProductAttention``), the matrices being 1×1
/// convolutions to as many channels as the heads divide; the norm's scale starts at 0.1, so that a
/// fresh one changes little.
///
/// - Input, output: `[N, C, H, W]`
///
/// Wang et al.: *Non-local Neural Networks*, CVPR 2018, §3.3 (half the channels inside, the sum, a norm
/// that starts at 0: here above it, so that every matrix has a gradient from the first step); heads and
/// relative positions as in Srinivas et al.: *Bottleneck Transformers*, CVPR 2021.
public struct SelfAttention: Layer {
  public var heads: Int
  /// How many times fewer channels queries, keys and values have.
  /// What the heads do not divide is left out.
  public var reduction: Int
  /// Cells along an axis for which tables of offsets are learned; 0: none. ``DotProductAttention``
  /// says what happens at other sizes.
  public var positions: Int

  public init(heads: Int = 4, reduction: Int = 2, positions: Int = 10) {
    self.heads = heads
    self.reduction = reduction
    self.positions = positions
  }

  public func callAsFunction(_ x: Value) -> Value { through(x, norm: .standard) }

  func through(_ x: Value, norm: Norm) -> Value {
    let inner = max(1, x.channels / reduction / heads) * heads
    func projected(_ name: String) -> Value {
      x.through(name, Convolution(channels: inner, kernel: 1, hasBias: false))
    }
    let (query, key, value) = (projected("query"), projected("key"), projected("value"))
    let gathered = query.scoped("attention") {
      $0.attending(keys: key, values: value, heads: heads, positions: positions)
    }
    return x
      + gathered
      .through("project", Convolution(channels: x.channels, kernel: 1, hasBias: false))
      .through("norm", norm.starting(at: 0.1))
  }
}
