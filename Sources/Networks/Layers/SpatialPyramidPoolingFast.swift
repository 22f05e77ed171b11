/// Joins a value with its maxima under growing windows: `kernel`, `2·kernel − 1`, `3·kernel − 2`.
///
/// Maxima of maxima are maxima under a larger window, so three small pools in a row replace the
/// three large ones side by side.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
///
/// He et al.: *Spatial Pyramid Pooling*, ECCV 2014, in the sliding form of Redmon, Farhadi:
/// *YOLOv3*, 2018 (YOLOv3-SPP); pools in a row as in YOLOv5's SPPF.
public struct SpatialPyramidPoolingFast: Layer {
  public var channels: Int
  public var kernel: Extent
  public var activation: ActivationFunction
  public var norm: Norm

  public init(
    channels: Int, kernel: Extent = 5, activation: ActivationFunction = .silu,
    norm: Norm = .standard
  ) {
    self.channels = channels
    self.kernel = kernel
    self.activation = activation
    self.norm = norm
  }

  public func callAsFunction(_ x: Value) -> Value {
    let pool = Pooling(.maximum, kernel: kernel)
    var values = [
      x.through(
        "reduce",
        ConvolutionBlock(channels: x.channels / 2, kernel: 1, activation: activation, norm: norm))
    ]
    for index in 1...3 { values.append(values.last!.through("pool\(index)", pool)) }
    return Value.concatenated(values)
      .through(
        "join", ConvolutionBlock(channels: channels, kernel: 1, activation: activation, norm: norm))
  }
}
