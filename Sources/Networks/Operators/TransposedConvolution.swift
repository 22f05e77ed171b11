/// The transpose of a convolution: each cell of the input spreads a filter over the output, which it
/// enlarges by the stride.
///
/// `y = Cᵀ·x`, C being the convolution of the same window and weights that leads from the output's size
/// to the input's. Without a bias: a norm follows.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, (H − 1)·stride − padding + kernel, …]`
/// - Parameters: `weight [C, channels / groups, kernel, kernel]`
///
/// Zeiler, Krishnan, Taylor, Fergus: *Deconvolutional Networks*, CVPR 2010. A kernel that is no multiple
/// of the stride covers output cells unequally, which shows as a checkerboard: Odena, Dumoulin, Olah:
/// *Deconvolution and Checkerboard Artifacts*, Distill 2016.
public struct TransposedConvolution: Operator, Layer {
  public var channels: Int
  public var window: Window
  public var groups: Int
  /// Of the weight; `nil`: He's for the products that add up in an output cell.
  public var initializer: Initializer?

  /// - Parameter padding: `nil` makes the output exactly `stride` times the input's size, where kernel
  ///   and stride differ by an even number.
  public init(
    channels: Int, kernel: Extent, stride: Extent = 2, padding: Padding? = nil, groups: Int = 1,
    initializer: Initializer? = nil
  ) {
    let (y, x) = (kernel.height - stride.height, kernel.width - stride.width)
    precondition(
      y >= 0 && x >= 0,
      "transposed convolution: a \(kernel) kernel leaves gaps at stride \(stride)")
    let exact = Padding(top: y / 2, left: x / 2, bottom: y - y / 2, right: x - x / 2)
    self.channels = channels
    window = Window(kernel: kernel, stride: stride, padding: padding ?? exact)
    self.groups = groups
    self.initializer = initializer
  }

  public var label: String { "transposed-convolution" }

  public func channels(_ inputs: [Int]) -> Int { channels }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let padding = window.padding
    return Shape(
      channels: channels,
      height: (inputs[0].height - 1) * window.stride.height + window.kernel.height - padding.top
        - padding.bottom,
      width: (inputs[0].width - 1) * window.stride.width + window.kernel.width - padding.left
        - padding.right)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { .spread(window) }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
    inputs[0].count * channels / groups * window.kernel.area
  }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    precondition(
      inputs[0] % groups == 0 && channels % groups == 0,
      "transposed convolution: \(groups) groups divide neither \(inputs[0]) nor \(channels) channels"
    )
    let overlap = max(1, window.kernel.area / window.stride.area)
    return [
      TensorSpecification(
        name: "weight",
        shape: [inputs[0], channels / groups, window.kernel.height, window.kernel.width],
        initializer: initializer ?? .he(fanIn: inputs[0] / groups * overlap), decays: true)
    ]
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.transposedConvolution(self)) }
}
