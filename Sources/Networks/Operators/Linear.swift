/// A matrix product over the channels of a value without spatial extent.
///
/// `y = W·x + b`
///
/// - Input: `[N, C, 1, 1]`
/// - Output: `[N, channels, 1, 1]`
/// - Parameters: `weight [channels, C]`, `bias [channels]` if any
public struct Linear: Operator, Layer {
  public var channels: Int
  public var hasBias: Bool
  /// Of the weight; `nil`: He's for the fan-in.
  public var initializer: Initializer?

  public init(channels: Int, hasBias: Bool = true, initializer: Initializer? = nil) {
    self.channels = channels
    self.hasBias = hasBias
    self.initializer = initializer
  }

  public var label: String { "linear" }

  public func channels(_ inputs: [Int]) -> Int { channels }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[0].area == 1, "linear: needs a 1×1 value, got \(inputs[0])")
    return Shape(channels: channels, height: 1, width: 1)
  }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
    inputs[0].channels * channels
  }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    let weight = TensorSpecification(
      name: "weight", shape: [channels, inputs[0]],
      initializer: initializer ?? .he(fanIn: inputs[0]), decays: true)
    let bias = TensorSpecification(name: "bias", shape: [channels], initializer: .constant(0))
    return hasBias ? [weight, bias] : [weight]
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.linear(self)) }
}
