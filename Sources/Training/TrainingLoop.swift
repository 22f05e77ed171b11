import Datasets
import Detectors
import Execution
import Networks

/// The steps of an epoch.
extension Trainer {
  func trainEpoch(from loader: BatchLoader) throws {
    while state.batch < batchesPerEpoch {
      let isFirst = state.step == 0 && state.batch == 0
      let terms = try takeStep(from: loader, showsBatch: isFirst)
      observer.stepped(
        StepProgress(
          epoch: state.epoch, epochs: settings.epochs, batch: state.batch,
          batches: batchesPerEpoch, loss: terms,
          learningRate: learningRate(step: state.step - 1), meanLoss: state.sums.loss))
      if Interruption.isRequested {
        try checkpoint()
        throw TrainingError.interrupted(run: parts.folder.path)
      }
      if isCheckpointDue { try checkpoint() }
    }
  }

  private var isCheckpointDue: Bool {
    guard state.batch < batchesPerEpoch else { return false }
    if settings.checkpointSteps > 0, state.step % settings.checkpointSteps == 0 { return true }
    let elapsed = (ContinuousClock.now - lastCheckpoint) / .seconds(1)
    return settings.checkpointSeconds > 0 && elapsed >= settings.checkpointSeconds
  }

  /// One optimizer step over as many batches as make one.
  ///
  /// - Parameter showsBatch: whether the observer gets to see the first of them.
  /// - Returns: the loss of its last batch.
  func takeStep(from loader: BatchLoader, showsBatch: Bool = false) throws -> LossTerms {
    var terms = LossTerms(names: [], values: [], positives: 0, unmatchedTargets: 0)
    let count = min(settings.accumulation, batchesPerEpoch - state.batch)
    for index in 0..<count {
      guard let batch = try loader.next() else {
        preconditionFailure("the loader ended before the epoch did")
      }
      defer { batch.release() }
      if showsBatch && index == 0 {
        observer.begins(with: batch, classNames: parts.model.classNames, in: parts.folder)
      }
      terms = try gradients(of: batch, isFirst: index == 0)
      state.sums.add(terms)
      state.sums.add(batch.lost)
      state.sums.add(batch.copies)
      state.batch += 1
      if index == count - 1 { try update(batchCount: count, terms, batch) }
    }
    return terms
  }

  /// Leaves a batch's gradients in ``variables``, added to those there unless it is the first.
  func gradients(of batch: Batch, isFirst: Bool) throws -> LossTerms {
    var arguments = RunArguments()
    arguments.epoch = state.epoch
    arguments.step = state.step
    arguments.batch = state.batch
    arguments.seed = settings.seed
    arguments.accumulatesGradients = !isFirst
    let size = batch.size.extent
    let terms = try Engine.shared.run {
      parts.model.pass(
        try plans.run(for: size), pixels: batch.pixels,
        targets: batch.items.map(\.targets.forHead), size: size,
        flooding: Float(settings.flooding), arguments)
    }
    guard terms.total.isFinite else { throw nonFinite(terms, batch) }
    return terms
  }

  /// Changes the weights by the gradients of `batchCount` batches.
  private func update(batchCount: Int, _ terms: LossTerms, _ batch: Batch) throws {
    let norm =
      Engine.shared.run {
        optimizer.clearFrozen(variables.gradients)
        return variables.gradients.norm
      } / Double(batchCount)
    guard norm.isFinite else { throw nonFinite(terms, batch) }
    state.sums.add(gradientNorm: norm)
    let clip = settings.clipNorm > 0 ? min(1, settings.clipNorm / max(norm, 1e-12)) : 1
    let index = state.step
    state.step += 1
    let averaging = WeightAverage(decay: settings.emaDecay, tau: settings.emaTau)
    let step = Optimizer.Step(
      learningRate: learningRate(step: index),
      momentum: schedule.momentum(step: index),
      gradientScale: clip / Double(batchCount),
      gradientClip: settings.clipValue > 0 ? settings.clipValue : .infinity,
      averageRate: averaging.rate(step: state.step))
    Engine.shared.run {
      optimizer.step(variables, average: average.parameters, step)
      averaging.update(average.buffers, from: variables.buffers, step: state.step)
    }
    if optimizer.rule.kind == .nadam { state.momentumProduct = optimizer.momentumProduct }
  }

  /// On a plan that is not used again: looking for the layer runs both passes.
  private func nonFinite(_ terms: LossTerms, _ batch: Batch) -> TrainingError {
    let value = Engine.shared.run {
      try? plans.run(for: batch.size.extent).firstNonFinite(RunArguments())
    }
    return .nonFinite(
      NonFiniteReport(
        epoch: batch.epoch, step: batch.step, terms: terms, files: batch.items.map(\.path),
        layer: value.map { "\($0.pass.rawValue) value of \($0.node)" }))
  }
}
