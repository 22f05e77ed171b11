import Datasets
import Detectors
import Foundation

/// What follows an epoch's last step.
extension Trainer {
  /// Validates if it is time, writes metrics and weights, then a checkpoint.
  func finishEpoch() throws {
    let start = ContinuousClock.now
    report(cache.broken, consequence: "others take its place")
    let isLast = state.epoch + 1 >= settings.epochs
    let isDue = isLast || (state.epoch + 1) % settings.validateEvery == 0
    let result = isDue ? try validate() : nil
    let isBest = noteBest(result)
    try writeMetrics(result)
    try writeWeights(isBest: isBest)
    observer.epochEnded(
      EpochSummary(
        epoch: state.epoch, epochs: settings.epochs, loss: state.sums.loss, validation: result,
        isBest: isBest, seconds: (ContinuousClock.now - start) / .seconds(1)))
    let stale = state.epoch - (state.best?.epoch ?? state.epoch)
    let isStale = settings.patience > 0 && isDue && stale >= settings.patience
    if isStale && !isLast {
      observer.note("stopped early: no better AP for \(stale) epochs (patience)")
    }
    state.epoch += 1
    state.batch = 0
    state.sums = EpochSums()
    state.isFinished = isLast || isStale
    try checkpoint()
  }

  private func validate() throws -> ValidationResult? {
    guard let validator else { return nil }
    let result = try validator.run { done in
      observer.validating(done, of: validator.batchCount)
      if Interruption.isRequested {
        try checkpoint()
        throw TrainingError.interrupted(run: parts.folder.path)
      }
    }
    report(result.broken, consequence: "its objects count as missed")
    return result
  }

  /// Each unusable picture once.
  private func report(_ broken: [PictureCache.Broken], consequence: String) {
    for picture in broken where reportedPictures.insert(picture.path).inserted {
      observer.warn("\(picture.path): \(picture.reason); \(consequence)")
    }
  }

  /// Without a validation split the last weights are the best.
  private func noteBest(_ result: ValidationResult?) -> Bool {
    guard validator != nil else { return true }
    guard let result else { return false }
    let score = result.metrics.ap ?? 0
    if let best = state.best, best.score >= score { return false }
    state.best = TrainingState.Best(epoch: state.epoch, score: score)
    return true
  }

  private func writeMetrics(_ result: ValidationResult?) throws {
    let row = MetricsFile.Row(
      epoch: state.epoch + 1, steps: state.step,
      learningRate: schedule.learningRate(step: max(0, state.step - 1)), sums: state.sums,
      pictures: batchesPerEpoch * settings.batch, validation: result)
    state.metricsBytes = try MetricsFile(parts.folder.metricsFile)
      .append(row, after: state.metricsBytes)
  }
}
