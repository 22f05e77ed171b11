/// Joins convolutions of several dilations, and the mean of the whole value, side by side.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
///
/// Chen et al.: *Rethinking Atrous Convolution for Semantic Image Segmentation* (DeepLabv3), 2017, §3.3.
public struct AtrousSpatialPyramidPooling: Layer {
  /// Of the result, and of each branch.
  public var channels: Int
  /// Of the 3×3 branches; a 1×1 branch is always there.
  public var dilations: [Int]
  /// Whether the mean over height and width, through a 1×1 convolution, is a branch.
  public var hasMean: Bool
  public var activation: ActivationFunction
  public var norm: Norm

  public init(
    channels: Int, dilations: [Int] = [6, 12, 18], hasMean: Bool = true,
    activation: ActivationFunction = .relu, norm: Norm = .standard
  ) {
    self.channels = channels
    self.dilations = dilations
    self.hasMean = hasMean
    self.activation = activation
    self.norm = norm
  }

  public func callAsFunction(_ x: Value) -> Value {
    func block(_ kernel: Extent, dilation: Int = 1) -> ConvolutionBlock {
      ConvolutionBlock(
        channels: channels, kernel: kernel, dilation: Extent(dilation), activation: activation,
        norm: norm)
    }
    var branches = [x.through("point", block(1))]
    for (index, dilation) in dilations.enumerated() {
      branches.append(x.through("dilated\(index)", block(3, dilation: dilation)))
    }
    if hasMean {
      branches.append(x.spatialMean.through("mean", block(1)).resized(like: x))
    }
    return Value.concatenated(branches).through("join", block(1))
  }
}
