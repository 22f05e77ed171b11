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
}

/// The decay that parameters have where no group says otherwise.
package struct Decay: Hashable, Sendable {
  package var weight = 0.0
  package var l1 = 0.0
  package var kind = DecayKind.auto

  package init(weight: Double = 0, l1: Double = 0, kind: DecayKind = .auto) {
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
}

extension TrainingSettings {
  /// Of every parameter, in order.
  ///
  /// - Throws: ``TrainingError/unmatchedPattern(pattern:nearest:)``,
  ///   ``TrainingError/everythingFrozen``.
  package func treatments(_ parameters: [TensorSpecification]) throws -> [ParameterTreatment] {
    for group in groups.groups where !parameters.contains(where: { group.matches($0.name) }) {
      throw TrainingError.unmatchedPattern(
        pattern: group.pattern, nearest: group.nearest(parameters.map(\.name)))
    }
    let decay = Decay(weight: weightDecay, l1: l1Decay, kind: decayKind)
    let treatments = parameters.map { decay.treatment(of: $0, optimizer, groups.groups) }
    guard !treatments.allSatisfy(\.isFrozen) else { throw TrainingError.everythingFrozen }
    return treatments
  }
}
