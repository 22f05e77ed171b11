/// Pools into a fixed number of bins, whatever the size: bin `i` of `n` covers cells `⌊i·H / n⌋` to
/// `⌈(i + 1)·H / n⌉`.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, C, bins, bins]`
///
/// He et al.: *Spatial Pyramid Pooling in Deep Convolutional Networks*, ECCV 2014, §2.2, with the bins
/// of PyTorch's adaptive pooling.
public struct AdaptivePooling: Operator, Layer {
  public var kind: PoolingKind
  public var bins: Extent

  public init(_ kind: PoolingKind, bins: Extent) {
    precondition(bins.height > 0 && bins.width > 0, "adaptive pooling needs bins, got \(bins)")
    self.kind = kind
    self.bins = bins
  }

  public var label: String { "adaptive-\(kind == .maximum ? "max" : "average")-pool" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    Shape(channels: inputs[0].channels, height: bins.height, width: bins.width)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { .bins }

  /// The cells of an axis in one bin.
  public static func cells(_ bin: Int, of bins: Int, size: Int) -> Range<Int> {
    bin * size / bins..<((bin + 1) * size + bins - 1) / bins
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.adaptivePooling(self)) }
}
