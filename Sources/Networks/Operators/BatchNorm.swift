/// Centres and scales each channel by its statistics over the batch, height and width.
///
/// `y = γ·(x − μ) / √(σ² + ε) + β`. In training μ and σ² (biased) are the batch's, and the running
/// ones move towards them by `momentum` (variance unbiased there); in inference they are the running
/// ones.
///
/// - Input, output: `[N, C, H, W]`
///
/// Ioffe, Szegedy: *Batch Normalization*, ICML 2015, algorithms 1 and 2.
public struct BatchNorm: Operator, Layer {
  public var epsilon: Float
  /// Weight of the new batch in the running statistics.
  public var momentum: Float
  /// First value of γ.
  public var initialScale: Float

  public init(epsilon: Float = 1e-3, momentum: Float = 0.03, initialScale: Float = 1) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.initialScale = initialScale
  }

  public var label: String { "batch-norm" }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    [
      TensorSpecification(
        name: "weight", shape: [inputs[0]], initializer: .constant(initialScale)),
      TensorSpecification(name: "bias", shape: [inputs[0]], initializer: .constant(0)),
    ]
  }

  public func buffers(inputs: [Int]) -> [TensorSpecification] {
    [
      TensorSpecification(name: "running_mean", shape: [inputs[0]], initializer: .constant(0)),
      TensorSpecification(name: "running_var", shape: [inputs[0]], initializer: .constant(1)),
    ]
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.batchNorm(self)) }
}
