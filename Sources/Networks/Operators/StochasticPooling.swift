import RandomNumbers

/// Takes one cell under a sliding window by chance, the larger the likelier; in inference the mean of
/// all, weighted by those chances.
///
/// `pᵢ = aᵢ / Σ aⱼ` with `aᵢ = max(0, xᵢ)`; in training `y = x_d` with d drawn by p, in inference
/// `y = Σ pᵢ·aᵢ`; 0 where no cell is positive. Draws are keyed by seed, epoch, batch, node,
/// picture and cell.
///
/// - Input: `[N, C, H, W]`, of a function that gives no negative values
/// - Output: `[N, C, (H + padding − kernel) / stride + 1, …]`
///
/// Zeiler, Fergus: *Stochastic Pooling*, ICLR 2013, §3.
public struct StochasticPooling: Operator, Layer {
  public var window: Window

  public init(kernel: Extent, stride: Extent = 1, padding: Padding? = nil) {
    window = Window(kernel: kernel, stride: stride, padding: padding)
  }

  public var label: String { "stochastic-pool" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let extent = window.outputExtent(inputs[0])
    return Shape(channels: inputs[0].channels, height: extent.height, width: extent.width)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { .window(window) }

  /// Of all that the node of this name draws for one batch.
  public func key(node: String, seed: UInt64, epoch: Int, batch: Int) -> UInt64 {
    var generator = KeyedGenerator(seed: seed, purpose: node, epoch, batch)
    return generator.next()
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.stochasticPooling(self)) }
}
