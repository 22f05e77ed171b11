extension Trainer {
  package var schedule: Schedule {
    let steps = stepsPerEpoch
    var schedule = Schedule(
      kind: settings.schedule, peak: settings.learningRate,
      finalFraction: settings.finalFraction, momentum: settings.momentum,
      warmupSteps: Int((settings.warmupEpochs * Double(steps)).rounded()),
      totalSteps: settings.epochs * steps)
    schedule.milestones = settings.milestones.steps(epochs: settings.epochs, stepsPerEpoch: steps)
    schedule.stepFactor = settings.stepFactor
    schedule.restartSteps = max(1, Int((settings.restartEpochs * Double(steps)).rounded()))
    schedule.restartFactor = settings.restartFactor
    return schedule
  }

  /// The schedule's rate, as low as a plateau has brought it.
  package func learningRate(step: Int) -> Double {
    schedule.learningRate(step: step) * (state.plateau?.factor ?? 1)
  }

  /// - Throws: ``TrainingError/noFigure(setting:reason:)``.
  func checkPlateau() throws {
    guard settings.schedule == .plateau, settings.plateauMetric == .ap else { return }
    let reason: String? =
      if parts.validation == nil {
        "there is no validation split"
      } else if !parts.validationHasObjects {
        "the validation split has no objects to find"
      } else {
        nil
      }
    guard let reason else { return }
    throw TrainingError.noFigure(
      setting: "schedule plateau", reason: "needs an AP, but \(reason); plateauMetric may be loss")
  }

  /// What a plateau makes of an epoch that ends.
  func notePlateau(ap: Double?) {
    guard settings.schedule == .plateau else { return }
    let figure = settings.plateauMetric == .ap ? ap : state.sums.loss
    guard let figure else { return }
    var plateau = state.plateau ?? Plateau()
    if plateau.note(figure, settings.plateau) {
      observer.note(
        "plateau: no better \(settings.plateauMetric == .ap ? "AP" : "loss") than "
          + "\(plateau.best ?? figure), the learning rate is \(plateau.factor) of its peak now")
    }
    state.plateau = plateau
  }
}

extension Trainer.Parts {
  var validationHasObjects: Bool {
    validation?.annotations.contains { !$0.isCrowd && !$0.isDifficult } ?? false
  }
}
