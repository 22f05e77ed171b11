import Foundation

/// An optimizer with all that does not change from step to step.
public struct OptimizerRule: Hashable, Sendable {
  public var kind: OptimizerKind
  /// Whether steps look ahead along the velocity: SGD and LARS.
  public var isNesterov = true
  /// Whether there is a velocity at all: SGD and RMSProp do without where momentum is 0.
  public var hasMomentum = true
  public var beta2 = 0.999
  public var epsilon: Double
  /// How much of the mean of squares RMSProp keeps.
  public var alpha = 0.99
  /// Nadam's ψ: how fast its momentum comes up to full.
  public var momentumDecay = 0.004
  /// LARS's η.
  public var trust = 0.001

  public init(_ kind: OptimizerKind) {
    self.kind = kind
    epsilon = Self.standardEpsilon(kind)
  }

  /// PyTorch's defaults; LAMB's and LARS's are timm's.
  static func standardEpsilon(_ kind: OptimizerKind) -> Double {
    switch kind {
    case .adagrad: 1e-10
    case .lamb: 1e-6
    default: 1e-8
    }
  }

  /// Running means of gradients and of their squares, each as large as the weights.
  public var momentCount: Int {
    switch kind {
    case .sgd: hasMomentum ? 1 : 0
    case .adagrad, .lars: 1
    case .rmsprop: hasMomentum ? 2 : 1
    case .adam, .nadam, .adamw, .lamb: 2
    }
  }

  /// Weights of the gradient and of its mean in Nadam's step t: with
  /// `μ_t = β₁·(1 − ½·0.96^(t·ψ))` they are `(1 − μ_t) / (1 − Π_{i ≤ t} μ_i)` and
  /// `μ_{t+1} / (1 − Π_{i ≤ t+1} μ_i)`.
  ///
  /// - Parameters:
  ///   - step: counts from 1.
  ///   - product: `Π μ` of the steps before; afterwards with this one.
  func nadamParts(beta1: Double, step: Int, product: inout Double) -> (
    gradient: Double, mean: Double
  ) {
    func momentum(_ step: Int) -> Double {
      beta1 * (1 - 0.5 * pow(0.96, Double(step) * momentumDecay))
    }
    let (now, next) = (momentum(step), momentum(step + 1))
    product *= now
    return ((1 - now) / (1 - product), next / (1 - product * next))
  }
}

extension TrainingSettings {
  package var optimizerRule: OptimizerRule {
    var rule = OptimizerRule(optimizer)
    rule.isNesterov = nesterov
    rule.hasMomentum = momentum > 0
    rule.beta2 = beta2
    rule.epsilon = epsilon
    rule.alpha = rmspropAlpha
    rule.momentumDecay = momentumDecay
    rule.trust = trustCoefficient
    return rule
  }
}

extension OptimizerKind {
  /// Settings whose default this optimizer decides; AdamW's are those of ``TrainingSettings``.
  ///
  /// Rates and decays start from what papers and PyTorch have (RMSProp's decay: Sandler et al.:
  /// *MobileNetV2*, CVPR 2018, §6.1), brought down to batches of some ten pictures.
  package var standards: [(name: String, value: String)] {
    let epsilon = OptimizerRule.standardEpsilon(self)
    let (rate, decay): (Double, Double)
    switch self {
    case .adamw: return []
    case .sgd: (rate, decay) = (0.01, 0.0005)
    case .adagrad: (rate, decay) = (0.01, 0.0005)
    case .rmsprop: (rate, decay) = (0.001, 0.00004)
    case .adam, .nadam: (rate, decay) = (0.002, 0.0005)
    case .lamb: (rate, decay) = (0.005, 0.02)
    case .lars: (rate, decay) = (0.5, 0.0005)
    }
    var standards = [("learningRate", rate.setting), ("weightDecay", decay.setting)]
    if epsilon != OptimizerRule.standardEpsilon(.adamw) {
      standards.append(("epsilon", epsilon.setting))
    }
    return standards
  }
}
