/// Applies a function to each element.
///
/// - Input, output: `[N, C, H, W]`
/// - Parameter: `weight [C]` of functions that learn one
public struct Activation: Operator, Layer {
  public var function: ActivationFunction

  public init(_ function: ActivationFunction) { self.function = function }

  public var label: String { function.label }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    guard let first = function.firstLearned else { return [] }
    return [
      TensorSpecification(name: "weight", shape: [inputs[0]], initializer: .constant(first))
    ]
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.activation(self)) }
}

extension Value {
  /// What the function learns belongs to the path `activation`.
  public func activated(_ function: ActivationFunction) -> Value {
    guard function != .identity else { return self }
    let activation = Activation(function)
    return function.firstLearned == nil
      ? activation(self) : through("activation", activation)
  }
}
