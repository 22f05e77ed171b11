/// Adds values by learned shares that are positive and add up to one.
///
/// `y = Σ rᵢ·xᵢ / (ε + Σ rⱼ)` with `rᵢ = max(0, wᵢ)`: fast normalised fusion.
///
/// - Inputs, output: `[N, C, H, W]`
/// - Parameters: `weight [inputs]`, at first 1
///
/// Tan, Pang, Le: *EfficientDet*, CVPR 2020, §3.3.
public struct WeightedSum: Operator {
  /// The paper's ε, as in the authors' program.
  public static let epsilon = 1e-4
  /// What the fast backend's kernels take.
  public static let mostInputs = 4

  public init() {}

  public var label: String { "weighted-sum" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    for other in inputs {
      precondition(other == inputs[0], "weighted sum: \(inputs[0]) and \(other) differ")
    }
    return inputs[0]
  }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    [TensorSpecification(name: "weight", shape: [inputs.count], initializer: .constant(1))]
  }
}

extension Value {
  public static func weightedSum(_ values: [Value]) -> Value {
    precondition(
      (1...WeightedSum.mostInputs).contains(values.count),
      "weighted sum of \(values.count) values; 1 to \(WeightedSum.mostInputs) are possible")
    return values[0].applying(.weightedSum(WeightedSum()), with: Array(values[1...]))
  }
}
