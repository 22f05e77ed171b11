/// Joins a value with its maxima under windows of several sizes, side by side.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
///
/// He et al.: *Spatial Pyramid Pooling*, ECCV 2014, in the sliding form of Redmon, Farhadi: *YOLOv3*,
/// 2018 (YOLOv3-SPP). ``SpatialPyramidPoolingFast`` gives the same for the kernels 5, 9 and 13.
public struct SpatialPyramidPooling: Layer {
  public var channels: Int
  /// Odd.
  public var kernels: [Int]
  public var activation: ActivationFunction
  public var norm: Norm

  public init(
    channels: Int, kernels: [Int] = [5, 9, 13], activation: ActivationFunction = .silu,
    norm: Norm = .standard
  ) {
    self.channels = channels
    self.kernels = kernels
    self.activation = activation
    self.norm = norm
  }

  public func callAsFunction(_ x: Value) -> Value {
    func pointwise(_ channels: Int) -> ConvolutionBlock {
      ConvolutionBlock(channels: channels, kernel: 1, activation: activation, norm: norm)
    }
    let reduced = x.through("reduce", pointwise(x.channels / 2))
    let pooled = kernels.map {
      reduced.through("pool\($0)", Pooling(.maximum, kernel: Extent($0)))
    }
    return Value.concatenated([reduced] + pooled).through("join", pointwise(channels))
  }
}
