/// Centres and scales each channel by its statistics over the batch, height and width.
///
/// `y = γ·(x − μ) / √(σ² + ε) + β`. In training μ and σ² (biased) are the batch's, and the running
/// ones move towards them by `momentum` (variance unbiased there); in inference they are the running
/// ones. ``Statistics`` has the exceptions.
///
/// - Input, output: `[N, C, H, W]`
///
/// Ioffe, Szegedy: *Batch Normalization*, ICML 2015, algorithms 1 and 2.
public struct BatchNorm: Operator, Layer {
  /// Which statistics training normalises by.
  public enum Statistics: Hashable, Sendable, Codable {
    case batch
    /// The running ones, which never change, nor do γ and β: for weights trained elsewhere. He et al.:
    /// *Deep Residual Learning*, CVPR 2016, appendix A.
    case frozen
    /// The batch's, corrected towards the running ones.
    case renormalized(Renormalization)
  }

  public var epsilon: Float
  /// Weight of the new batch in the running statistics.
  public var momentum: Float
  /// First value of γ.
  public var initialScale: Float
  public var statistics: Statistics

  public init(
    epsilon: Float = 1e-3, momentum: Float = 0.03, initialScale: Float = 1,
    statistics: Statistics = .batch
  ) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.initialScale = initialScale
    self.statistics = statistics
  }

  public var label: String {
    switch statistics {
    case .batch: "batch-norm"
    case .frozen: "frozen-batch-norm"
    case .renormalized: "batch-renorm"
    }
  }

  private func affine(_ channels: Int) -> [TensorSpecification] {
    [
      TensorSpecification(
        name: "weight", shape: [channels], initializer: .constant(initialScale)),
      TensorSpecification(name: "bias", shape: [channels], initializer: .constant(0)),
    ]
  }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    statistics == .frozen ? [] : affine(inputs[0])
  }

  /// Running mean and variance; behind them γ and β of frozen norms, and the last r and d of
  /// renormalised ones, which the backward pass needs.
  public func buffers(inputs: [Int]) -> [TensorSpecification] {
    func vector(_ name: String, _ value: Float) -> TensorSpecification {
      TensorSpecification(name: name, shape: [inputs[0]], initializer: .constant(value))
    }
    let running = [vector("running_mean", 0), vector("running_var", 1)]
    return switch statistics {
    case .batch: running
    case .frozen: running + affine(inputs[0])
    case .renormalized:
      running + [vector("correction_scale", 1), vector("correction_shift", 0)]
    }
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.batchNorm(self)) }
}

/// How far a batch's statistics may be corrected towards the running ones, which makes norms of small
/// batches agree with inference.
///
/// `y = γ·(r·(x − μ_B)/σ_B + d) + β`, `r = σ_B/σ` held to `1/scale … scale`, `d = (μ_B − μ)/σ` held to
/// `±shift`, both constants for the gradient, σ² with ε added. The bounds grow from 1 and 0, plain batch
/// norm, between two steps of the training, in equal parts.
///
/// Ioffe: *Batch Renormalization*, NeurIPS 2017, algorithm 1 and §4 (where the ramps lie at 5,000 to
/// 40,000 and 25,000 steps).
public struct Renormalization: Hashable, Sendable, Codable {
  /// The paper's r_max, at the end.
  public var scale: Float
  /// The paper's d_max, at the end.
  public var shift: Float
  /// Steps of the optimizer.
  public var firstStep: Int
  public var lastStep: Int

  public init(scale: Float = 3, shift: Float = 5, firstStep: Int = 500, lastStep: Int = 3000) {
    self.scale = scale
    self.shift = shift
    self.firstStep = firstStep
    self.lastStep = lastStep
  }

  /// The bounds at a step.
  public func bounds(step: Int) -> (scale: Float, shift: Float) {
    let length = Float(max(1, lastStep - firstStep))
    let share = min(1, max(0, Float(step - firstStep) / length))
    return (1 + share * (scale - 1), share * shift)
  }
}
