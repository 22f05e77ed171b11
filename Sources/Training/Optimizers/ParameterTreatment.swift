import Networks

/// What becomes of one parameter in every step.
package struct ParameterTreatment: Hashable, Sendable {
  package var isFrozen = false
  /// Of the learning rate.
  package var rateFactor = 1.0
  package var l1 = 0.0
  package var l2 = 0.0
  /// Decoupled weight decay.
  package var decay = 0.0
  /// Whether LAMB and LARS fit the step to the tensor's norm.
  package var adapts = true

  package init() {}

  /// What can be told from the outside: of a frozen parameter, that it is.
  fileprivate var effect: ParameterTreatment {
    guard isFrozen else { return self }
    var frozen = ParameterTreatment()
    frozen.isFrozen = true
    return frozen
  }
}

/// The decay that parameters have where no group says otherwise.
public struct Decay: Hashable, Sendable {
  /// λ of λ/2·‖w‖², or what is taken off apart from the gradient, by `kind`.
  public var weight = 0.0
  /// λ of λ·‖w‖₁.
  public var l1 = 0.0
  public var kind = DecayKind.auto

  public init(weight: Double = 0, l1: Double = 0, kind: DecayKind = .auto) {
    (self.weight, self.l1, self.kind) = (weight, l1, kind)
  }

  /// Of a parameter; biases and norms do not decay unless a group says so.
  package func treatment(
    of parameter: TensorSpecification, _ optimizer: OptimizerKind, _ groups: [ParameterGroup] = []
  ) -> ParameterTreatment {
    var own = parameter.decays ? self : Decay(kind: kind)
    var result = ParameterTreatment()
    result.adapts = parameter.decays
    for group in groups where group.matches(parameter.name) {
      result.isFrozen = group.freeze ?? result.isFrozen
      result.rateFactor = group.rateFactor ?? result.rateFactor
      own.weight = group.weightDecay ?? own.weight
      own.l1 = group.l1Decay ?? own.l1
      own.kind = group.decayKind ?? own.kind
    }
    let isDecoupled = own.kind == .auto ? optimizer.decouplesDecay : own.kind == .decoupled
    result.l1 = own.l1
    result.l2 = isDecoupled ? 0 : own.weight
    result.decay = isDecoupled ? own.weight : 0
    return result
  }

  /// Of every parameter, in order.
  ///
  /// - Throws: ``TrainingError/unmatchedPattern(pattern:nearest:)``,
  ///   ``TrainingError/everythingFrozen``.
  func treatments(
    of parameters: [TensorSpecification], _ optimizer: OptimizerKind, _ groups: [ParameterGroup]
  ) throws -> [ParameterTreatment] {
    for group in groups where !parameters.contains(where: { group.matches($0.name) }) {
      throw TrainingError.unmatchedPattern(
        pattern: group.pattern, nearest: group.nearest(parameters.map(\.name)))
    }
    let treatments = parameters.map { treatment(of: $0, optimizer, groups) }
    guard !treatments.allSatisfy(\.isFrozen) else { throw TrainingError.everythingFrozen }
    return treatments
  }
}

extension TrainingSettings {
  /// Of every parameter, in order.
  ///
  /// - Throws: ``TrainingError/unmatchedPattern(pattern:nearest:)``,
  ///   ``TrainingError/everythingFrozen``.
  package func treatments(_ parameters: [TensorSpecification]) throws -> [ParameterTreatment] {
    try decay.treatments(of: parameters, optimizer, groups.groups)
  }

  private var decay: Decay { Decay(weight: weightDecay, l1: l1Decay, kind: decayKind) }

  /// A line for each entry of a group without which every parameter would be treated the same.
  ///
  /// Of two that say the same the last one is idle: each is judged without those found before, from the
  /// end on.
  package func idleGroupEntries(_ parameters: [TensorSpecification]) -> [String] {
    var groups = groups.groups
    func effects() -> [ParameterTreatment] {
      parameters.map { decay.treatment(of: $0, optimizer, groups).effect }
    }
    let whole = effects()
    var lines: [String] = []
    for index in groups.indices.reversed() {
      for entry in groups[index].entries.reversed() {
        let group = groups[index]
        groups[index] = group.without(entry.key)
        guard effects() == whole else {
          groups[index] = group
          continue
        }
        let isFrozen = zip(parameters, whole).allSatisfy {
          !group.matches($0.name) || $1.isFrozen
        }
        lines.append(
          "group \(group.pattern): \(entry.key) \(entry.value) has no effect: its parameters are "
            + (isFrozen ? "frozen" : "treated so without it"))
      }
    }
    return lines.reversed()
  }
}
