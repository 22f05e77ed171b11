import Networks

extension Trainer {
  /// What was given and has no effect, and which parameters are treated apart.
  func describeOptimization() {
    for line in state.settings.idleOptimization { observer.warn(line) }
    if settings.schedule == .step, !settings.milestones.epochs.isEmpty {
      for epoch in settings.milestones.epochs where epoch >= Double(settings.epochs) {
        observer.warn(
          "milestone \(epoch.setting) has no effect: the run ends after \(settings.epochs) epochs")
      }
    }
    if schedule.warmupSteps >= schedule.totalSteps {
      observer.warn(
        "warmupEpochs \(settings.warmupEpochs.setting) is the whole run of \(settings.epochs) epochs: "
          + "the learning rate never gets to its peak")
    }
    let parameters = parts.model.graph.parameters
    for group in settings.groups.groups {
      describe(group, parameters.filter { group.matches($0.name) })
    }
    for line in settings.idleGroupEntries(parameters) { observer.warn(line) }
  }

  private func describe(_ group: ParameterGroup, _ matched: [TensorSpecification]) {
    let settings = group.entries.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let values = matched.reduce(0) { $0 + $1.count }
    observer.note(
      "group \(group.pattern): \(matched.count) parameters, \(values) values: \(settings)"
        + (group.freeze == true ? " (running statistics of norms go on)" : ""))
  }
}

extension ResolvedSettings {
  /// A line for each setting that was given and that this optimizer or schedule does not read.
  package var idleOptimization: [String] {
    let (optimizer, schedule) = (values.optimizer, values.schedule)
    let momentumIsZero = values.momentum == 0
    let readers: [Reader] =
      [
        (
          "nesterov", optimizer == .sgd || optimizer == .lars ? !momentumIsZero : false,
          momentumIsZero ? "momentum is 0" : ""
        ),
        ("momentum", optimizer != .adagrad, ""),
        ("beta2", optimizer.hasSecondMoment, ""),
        ("epsilon", optimizer != .sgd, ""),
        ("rmspropAlpha", optimizer == .rmsprop, ""),
        ("momentumDecay", optimizer == .nadam, ""),
        ("trustCoefficient", optimizer == .lars, ""),
        ("decayKind", decays, "weightDecay is 0"),
        ("emaTau", values.emaDecay > 0, "emaDecay is 0"),
      ].map { name, isRead, reason in
        (name, isRead, reason.isEmpty ? "optimizer is \(optimizer.rawValue)" : reason)
      }
    let courses: [(name: String, kinds: [ScheduleKind])] = [
      ("finalFraction", [.cosine, .linear, .restarts, .plateau]),
      ("milestones", [.step]), ("stepFactor", [.step]),
      ("restartEpochs", [.restarts]), ("restartFactor", [.restarts]),
      ("plateauMetric", [.plateau]), ("plateauFactor", [.plateau]),
      ("plateauPatience", [.plateau]), ("plateauThreshold", [.plateau]),
      ("plateauCooldown", [.plateau]),
    ]
    return idle(
      readers
        + courses.map { ($0.name, $0.kinds.contains(schedule), "schedule is \(schedule.rawValue)") }
    )
  }

  private var decays: Bool {
    values.weightDecay > 0 || values.groups.groups.contains { ($0.weightDecay ?? 0) > 0 }
  }
}
