import Detectors

extension Trainer {
  /// Validates the best weights once more, for what they detect: only their figures are kept.
  ///
  /// The averaged weights in memory are the best ones from then on, so it is for a run that is done.
  ///
  /// - Parameter progress: batches done; throw to end early.
  /// - Returns: nil without a validation split.
  /// - Throws: ``WeightsError`` for a file that is not this model's, and what `progress` throws.
  package func validateBest(progress: (Int) throws -> Void = { _ in }) throws -> ValidationResult? {
    precondition(state.isFinished, "a run that goes on needs its averaged weights")
    guard let validator else { return nil }
    let best = try SafeTensors(contentsOf: folder.bestWeights)
    let report = average.load(best)
    guard report.isComplete else { throw WeightsError.otherModel(file: best.file, report: report) }
    return try validator.run(progress: progress)
  }

  /// Of ``validateBest(progress:)``.
  package var validationBatches: Int { validator?.batchCount ?? 0 }
}
