import Networks

/// What ``Optimizer`` does, in Double and in plain loops, one tensor at a time: the oracle for its
/// kernels, held itself against PyTorch's optimizers in float64.
package struct ReferenceOptimizer {
  package let rule: OptimizerRule
  /// The first moment or velocity of each parameter, then the second: as many as the rule has.
  package private(set) var moments: [[[Double]]]

  private let treatments: [ParameterTreatment]
  private var count = 0
  private var momentumProduct = 1.0

  /// - Parameter treatments: of each parameter.
  package init(
    _ rule: OptimizerRule, parameters: [TensorSpecification], treatments: [ParameterTreatment]
  ) {
    precondition(treatments.count == parameters.count, "a treatment for each parameter is needed")
    self.rule = rule
    self.treatments = treatments
    let zeros = parameters.map { [Double](repeating: 0, count: $0.count) }
    moments = Array(repeating: zeros, count: rule.momentCount)
  }

  /// - Parameters:
  ///   - values: of each parameter; changed.
  ///   - average: moves towards the new values.
  package mutating func step(
    _ values: inout [[Double]], gradients: [[Double]], average: inout [[Double]],
    _ step: Optimizer.Step
  ) {
    count += 1
    let nadam =
      rule.kind == .nadam
      ? rule.nadamParts(beta1: step.momentum, step: count, product: &momentumProduct) : (0, 0)
    for tensor in values.indices where !treatments[tensor].isFrozen {
      let clipped = gradients[tensor].map {
        min(step.gradientClip, max(-step.gradientClip, step.gradientScale * $0))
      }
      change(&values[tensor], tensor, clipped, step, nadam)
      for i in values[tensor].indices {
        average[tensor][i] += step.averageRate * (values[tensor][i] - average[tensor][i])
      }
    }
  }

  /// One tensor's weights by its gradients, scaled and clipped.
  private mutating func change(
    _ w: inout [Double], _ tensor: Int, _ clipped: [Double], _ step: Optimizer.Step,
    _ nadam: (gradient: Double, mean: Double)
  ) {
    let treatment = treatments[tensor]
    let rate = step.learningRate * treatment.rateFactor
    let ratio = rule.kind == .lars ? larsRatio(treatment, w, clipped) : 1
    var updates = w
    for i in w.indices {
      let sign = w[i] > 0 ? 1.0 : w[i] < 0 ? -1 : 0
      let g = ratio * (clipped[i] + treatment.l2 * w[i] + treatment.l1 * sign)
      updates[i] = update(tensor, i, g, step, nadam)
    }
    if rule.kind == .lamb {
      for i in w.indices { updates[i] += treatment.decay * w[i] }
      let ratio = lambRatio(treatment, w, updates)
      for i in w.indices { w[i] -= rate * ratio * updates[i] }
    } else {
      for i in w.indices { w[i] -= rate * (treatment.decay * w[i] + updates[i]) }
    }
  }

  /// What is taken off a weight, before the rate; moves its moments.
  private mutating func update(
    _ tensor: Int, _ i: Int, _ g: Double, _ step: Optimizer.Step,
    _ nadam: (gradient: Double, mean: Double)
  ) -> Double {
    switch rule.kind {
    case .sgd, .lars:
      guard rule.hasMomentum || rule.kind == .lars else { return g }
      let v = step.momentum * moments[0][tensor][i] + g
      moments[0][tensor][i] = v
      return rule.isNesterov ? g + step.momentum * v : v
    case .adagrad:
      moments[0][tensor][i] += g * g
      return g / (moments[0][tensor][i].squareRoot() + rule.epsilon)
    case .rmsprop:
      let s = rule.alpha * moments[0][tensor][i] + (1 - rule.alpha) * g * g
      moments[0][tensor][i] = s
      let divided = g / (s.squareRoot() + rule.epsilon)
      guard rule.hasMomentum else { return divided }
      moments[1][tensor][i] = step.momentum * moments[1][tensor][i] + divided
      return moments[1][tensor][i]
    case .adam, .adamw, .nadam, .lamb:
      let beta1 = step.momentum
      let m = beta1 * moments[0][tensor][i] + (1 - beta1) * g
      let v = rule.beta2 * moments[1][tensor][i] + (1 - rule.beta2) * g * g
      (moments[0][tensor][i], moments[1][tensor][i]) = (m, v)
      let divisor = (v / correction(rule.beta2)).squareRoot() + rule.epsilon
      return rule.kind == .nadam
        ? (nadam.gradient * g + nadam.mean * m) / divisor : m / correction(beta1) / divisor
    }
  }

  /// `1 − βᵗ`
  private func correction(_ beta: Double) -> Double {
    1 - (0..<count).reduce(1) { power, _ in power * beta }
  }

  /// `‖w‖ / ‖r‖`
  private func lambRatio(_ treatment: ParameterTreatment, _ w: [Double], _ r: [Double]) -> Double {
    let (weights, updates) = (norm(w), norm(r))
    return treatment.adapts && weights > 0 && updates > 0 ? weights / updates : 1
  }

  /// `η·‖w‖ / (‖g‖ + l2·‖w‖ + ε)`
  private func larsRatio(_ treatment: ParameterTreatment, _ w: [Double], _ g: [Double]) -> Double {
    let (weights, gradients) = (norm(w), norm(g))
    guard treatment.adapts, weights > 0, gradients > 0 else { return 1 }
    return rule.trust * weights / (gradients + treatment.l2 * weights + rule.epsilon)
  }

  private func norm(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
