/// A vector of fixed length from a value of any size: bins of several sizes, fully connected.
///
/// `y = Σₗ Wₗ·pₗ(x)`, pₗ pooling into `levelsₗ × levelsₗ` bins: what one matrix over all bins behind each
/// other gives. For classifiers and regions of interest.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, 1, 1]`
///
/// He et al.: *Spatial Pyramid Pooling in Deep Convolutional Networks*, ECCV 2014, §2.2.
public struct FixedSpatialPyramidPooling: Layer {
  public var channels: Int
  /// Bins of each level along either axis.
  public var levels: [Int]

  public init(channels: Int, levels: [Int] = [1, 2, 4]) {
    self.channels = channels
    self.levels = levels
  }

  public func callAsFunction(_ x: Value) -> Value {
    let parts = levels.enumerated().map { index, bins in
      x.scoped("bins\(bins)") { x in
        AdaptivePooling(.maximum, bins: Extent(bins))(x)
          .through(
            "matrix",
            Convolution(channels: channels, kernel: Extent(bins), padding: 0, hasBias: index == 0))
      }
    }
    return parts.dropFirst().reduce(parts[0], +)
  }
}
