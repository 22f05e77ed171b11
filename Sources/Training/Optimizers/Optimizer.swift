import CBridge
import Execution
import Networks

/// One pass over all parameters: weight decay, momentum, the step, and the moving average.
///
/// Computes in f32; ``ReferenceOptimizer`` is the same in Double. Run its steps on the engine thread:
///
/// ```swift
/// let optimizer = Optimizer(.adamw, parameters: graph.parameters, decay: Decay(weight: 0.05))
/// Engine.shared.run {
///   optimizer.step(variables, Optimizer.Step(learningRate: 0.002, momentum: 0.9))
/// }
/// ```
public final class Optimizer {
  /// What one step goes by.
  public struct Step {
    public var learningRate: Double
    /// SGD's momentum, or Adam's β₁.
    public var momentum: Double
    /// The gradients are multiplied by it first: clipping, and the mean of accumulated batches.
    public var gradientScale: Double
    /// Then each is held between this and its negative.
    public var gradientClip: Double
    /// 1 − decay of the moving average.
    public var averageRate: Double

    public init(
      learningRate: Double, momentum: Double, gradientScale: Double = 1,
      gradientClip: Double = .infinity, averageRate: Double = 0
    ) {
      self.learningRate = learningRate
      self.momentum = momentum
      self.gradientScale = gradientScale
      self.gradientClip = gradientClip
      self.averageRate = averageRate
    }
  }

  public let rule: OptimizerRule
  /// The first moment or velocity, then the second: as many as the rule has.
  public let moments: [TensorStore<Float>]
  /// Steps taken; bias corrections count them.
  public private(set) var count = 0
  /// `Π μ` over the steps: Nadam's bias correction. Part of a checkpoint.
  public private(set) var momentumProduct = 1.0

  private let treatments: [ParameterTreatment]
  /// Different ones, in the order of ``StepSpans/spans``' groups.
  private let layout: StepSpans
  /// Norms, of optimizers that adapt.
  private var scratch: [Double]

  /// - Parameter treatments: of each parameter.
  package init(
    _ rule: OptimizerRule, parameters: [TensorSpecification], treatments: [ParameterTreatment]
  ) {
    precondition(treatments.count == parameters.count, "a treatment for each parameter is needed")
    self.rule = rule
    self.treatments = treatments
    moments = (0..<rule.momentCount).map { _ in TensorStore(parameters) }
    layout = StepSpans(parameters, treatments, joinsTensors: !rule.kind.adapts)
    scratch = Array(repeating: 0, count: rule.kind.adapts ? 2 * layout.spans.count : 0)
  }

  /// - Parameters:
  ///   - parameters: of the graph, in its order.
  ///   - groups: by name; the last one that says something of a parameter has the word.
  /// - Throws: ``TrainingError/unmatchedPattern(pattern:nearest:)``,
  ///   ``TrainingError/everythingFrozen``.
  public convenience init(
    _ rule: OptimizerRule, parameters: [TensorSpecification], decay: Decay = Decay(),
    groups: [ParameterGroup]
  ) throws {
    self.init(
      rule, parameters: parameters,
      treatments: try decay.treatments(of: parameters, rule.kind, groups))
  }

  /// With what does not change from step to step as PyTorch and timm have it.
  ///
  /// - Parameter parameters: of the graph, in its order.
  public convenience init(
    _ kind: OptimizerKind, parameters: [TensorSpecification], decay: Decay = Decay()
  ) {
    self.init(
      OptimizerRule(kind), parameters: parameters,
      treatments: parameters.map { decay.treatment(of: $0, kind) })
  }

  /// As if no step had been taken.
  public func reset() {
    for moment in moments { moment.fill(0) }
    restore(count: 0, momentumProduct: 1)
  }

  /// Goes on where a checkpoint was written.
  public func restore(count: Int, momentumProduct: Double) {
    (self.count, self.momentumProduct) = (count, momentumProduct)
  }

  /// Makes the gradients of frozen parameters zero, so that they are no part of the norm.
  public func clearFrozen(_ gradients: TensorStore<Float>) {
    for (index, treatment) in treatments.enumerated() where treatment.isFrozen {
      gradients[index].update(repeating: 0)
    }
  }

  /// Changes the parameters by their gradients.
  ///
  /// - Parameter average: moves towards the new values by ``Step/averageRate``.
  public func step(
    _ variables: Variables<Float>, average: TensorStore<Float>? = nil, _ step: Step
  ) {
    count += 1
    layout.withArrays(variables, average, step) { apply(&$0, step) }
  }

  private func apply(_ arrays: inout cb_step_arrays, _ step: Step) {
    let first = moments.first?.pointer
    let second = moments.count > 1 ? moments[1].pointer : nil
    let (momentum, beta2, epsilon) = (Float(step.momentum), Float(rule.beta2), Float(rule.epsilon))
    let number = Int64(count)
    switch rule.kind {
    case .sgd:
      cb_sgd_step(&arrays, first, momentum, rule.isNesterov)
    case .adagrad:
      cb_adagrad_step(&arrays, first, epsilon)
    case .rmsprop:
      cb_rmsprop_step(&arrays, first, second, Float(rule.alpha), momentum, epsilon)
    case .adam, .adamw:
      cb_adam_step(&arrays, first, second, momentum, beta2, epsilon, number)
    case .nadam:
      let parts = rule.nadamParts(beta1: step.momentum, step: count, product: &momentumProduct)
      cb_nadam_step(
        &arrays, first, second, momentum, beta2, epsilon, Float(parts.gradient),
        Float(parts.mean), number)
    case .lamb:
      cb_lamb_step(&arrays, first, second, momentum, beta2, epsilon, number, &scratch)
    case .lars:
      cb_lars_step(&arrays, first, momentum, rule.isNesterov, Float(rule.trust), epsilon, &scratch)
    }
  }
}

extension TensorStore<Float> {
  /// Euclidean norm over all tensors, summed in double in an order of its own. On the engine thread.
  public var norm: Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: cb_squared_norm_blocks(count) + 1) {
      cb_squared_norm(pointer, count, $0.baseAddress).squareRoot()
    }
  }
}
