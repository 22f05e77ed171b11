import Datasets
import Detectors
import Execution
import Foundation
import Networks

/// `--minutes`: how many epochs fit.
extension Trainer {
  /// Times real steps and a part of a validation, throws away what they changed, and fixes the
  /// number of epochs; from there on the run is as repeatable as one with `--epochs`.
  ///
  /// - Throws: ``TrainingError/timeTooShort(minutes:needed:)`` where not one epoch fits.
  func fitEpochs() throws {
    let start = ContinuousClock.now
    let budget = settings.minutes * 60
    let saved = Snapshot(self)
    // The first epoch reads the pictures, the others find them in memory.
    let end = start + .seconds(Self.measuredShare * budget)
    cache.fill { ContinuousClock.now < end && !Interruption.isRequested }
    let full = try secondsPerBatch(early: false, limit: Self.measuredShare * budget)
    var stepSeconds = full
    if settings.earlyEpochs > 0 {
      let early = try secondsPerBatch(early: true, limit: Self.measuredShare * budget)
      stepSeconds += (early - full) * settings.earlyShare
    }
    saved.restore(self)
    let validationSeconds = try secondsPerValidation()
    let writing = ContinuousClock.now
    try checkpoint()
    let writingSeconds = (ContinuousClock.now - writing) / .seconds(1)
    let spent = (ContinuousClock.now - start) / .seconds(1)

    let fixed = spent + validationSeconds
    let perEpoch =
      stepSeconds * Double(batchesPerEpoch) + 2 * writingSeconds
      + validationSeconds / Double(settings.validateEvery)
    let epochs = Int(min(Self.mostEpochs, (Self.usedShare * budget - fixed) / perEpoch))
    guard epochs > 0 else {
      throw TrainingError.timeTooShort(
        minutes: settings.minutes, needed: (fixed + perEpoch) / (60 * Self.usedShare))
    }
    let milliseconds = Int((stepSeconds * 1000).rounded())
    let minutes = settings.minutes
    state.settings.set(
      "epochs", to: String(epochs), how: "fits \(minutes) minutes as measured")
    // From here on the number of epochs alone decides: settings.yaml is a recipe that repeats the run.
    state.settings.set("minutes", to: "0", how: "\(minutes) were given; epochs were fitted")
    observer.note(
      "\(minutes) minutes: a batch takes \(milliseconds) ms, a validation "
        + "\((validationSeconds * 10).rounded() / 10) s, so \(epochs) epochs fit; "
        + "--epochs \(epochs) repeats this run")
  }

  /// At most this share of the time goes into reading ahead, as much into measuring a size, and this
  /// much of it is planned for, since no machine runs evenly.
  private static let measuredShare = 0.05
  private static let usedShare = 0.97
  /// The setting's upper bound.
  private static let mostEpochs = 1e6
  private static let warmUpSteps = 3
  private static let measuredSteps = 40
  private static let measuredValidationBatches = 4

  private struct Snapshot {
    let state: TrainingState
    let parameters: TensorStore<Float>
    let buffers: TensorStore<Float>

    init(_ trainer: Trainer) {
      state = trainer.state
      parameters = TensorStore(trainer.variables.parameters.specifications)
      buffers = TensorStore(trainer.variables.buffers.specifications)
      parameters.copy(from: trainer.variables.parameters)
      buffers.copy(from: trainer.variables.buffers)
    }

    /// Only for a run at its start, whose moments are zero and whose average is the weights.
    func restore(_ trainer: Trainer) {
      trainer.state = state
      trainer.variables.parameters.copy(from: parameters)
      trainer.variables.buffers.copy(from: buffers)
      trainer.variables.gradients.fill(0)
      trainer.optimizer.reset()
      trainer.weightsChanged()
    }
  }

  /// Wall clock from batch to batch, waiting for the loader included.
  private func secondsPerBatch(early: Bool, limit: Double) throws -> Double {
    // As many epochs as steps are enough, for an epoch may be a single step.
    let steps = Self.warmUpSteps + Self.measuredSteps
    let epochs = Int(min(Self.mostEpochs, (Double(steps) / settings.earlyShare).rounded(.up)))
    state.settings.set("epochs", to: String(epochs), how: "while measuring")
    let start = early ? 0 : settings.earlyEpochs
    let loader = makeLoader(epochs: start..<start + steps)
    let begin = ContinuousClock.now
    var first = begin
    var batches = 0
    for step in 0..<steps {
      if step == Self.warmUpSteps { first = ContinuousClock.now }
      let before = state.batch
      _ = try takeStep(from: loader)
      if step >= Self.warmUpSteps { batches += state.batch - before }
      if state.batch == batchesPerEpoch { state.batch = 0 }
      if Interruption.isRequested { throw TrainingError.interrupted(run: parts.folder.path) }
      let elapsed = (ContinuousClock.now - begin) / .seconds(1)
      if step >= Self.warmUpSteps + 2 && elapsed > limit { break }
    }
    return (ContinuousClock.now - first) / .seconds(1) / Double(max(1, batches))
  }

  private func secondsPerValidation() throws -> Double {
    guard let validator else { return 0 }
    _ = try validator.run(limit: 1)
    let limit = min(Self.measuredValidationBatches, validator.batchCount)
    let result = try validator.run(limit: limit)
    return result.seconds * Double(validator.batchCount) / Double(limit)
  }
}
