/// Slides a bank of filters over height and width.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, (H + padding − dilation·(kernel − 1) − 1) / stride + 1, …]`
/// - Parameters: `weight [channels, C / groups, kernel, kernel]`, `bias [channels]` if any
public struct Convolution: Operator, Layer {
  /// Filters, hence channels of the output.
  public var channels: Int
  public var window: Window
  /// Filters of group `g` see channels of group `g` only; as many as channels: depthwise.
  public var groups: Int
  public var hasBias: Bool
  /// Of the weight; `nil`: He's for the fan-in.
  public var initializer: Initializer?
  public var biasInitializer: Initializer

  public init(
    channels: Int, kernel: Extent, stride: Extent = 1, dilation: Extent = 1,
    padding: Padding? = nil, groups: Int = 1, hasBias: Bool = true,
    initializer: Initializer? = nil, biasInitializer: Initializer = .constant(0)
  ) {
    self.channels = channels
    window = Window(kernel: kernel, stride: stride, dilation: dilation, padding: padding)
    self.groups = groups
    self.hasBias = hasBias
    self.initializer = initializer
    self.biasInitializer = biasInitializer
  }

  public var label: String { "convolution" }

  public func channels(_ inputs: [Int]) -> Int { channels }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let extent = window.outputExtent(inputs[0])
    return Shape(channels: channels, height: extent.height, width: extent.width)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { .window(window) }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
    output.count * inputs[0].channels / groups * window.kernel.area
  }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    precondition(
      inputs[0] % groups == 0 && channels % groups == 0,
      "convolution: \(groups) groups divide neither \(inputs[0]) nor \(channels) channels")
    let fanIn = inputs[0] / groups * window.kernel.area
    let weight = TensorSpecification(
      name: "weight",
      shape: [channels, inputs[0] / groups, window.kernel.height, window.kernel.width],
      initializer: initializer ?? .he(fanIn: fanIn), decays: true)
    let bias = TensorSpecification(name: "bias", shape: [channels], initializer: biasInitializer)
    return hasBias ? [weight, bias] : [weight]
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.convolution(self)) }
}
