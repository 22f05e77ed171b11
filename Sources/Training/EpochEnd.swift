import Datasets
import Detectors
import Foundation

/// What follows an epoch's last step.
extension Trainer {
  /// Validates if it is time, writes metrics and weights, then a checkpoint.
  func finishEpoch() throws {
    let trainingSeconds = (ContinuousClock.now - epochStart) / .seconds(1)
    report(cache.broken, consequence: "others take its place")
    report(cache.nonFinite, said: &reportedNonFinite.training)
    let isLast = state.epoch + 1 >= settings.epochs
    let isDue = isLast || (state.epoch + 1) % settings.validateEvery == 0
    let result = isDue ? try validate() : nil
    let isBest = noteBest(result)
    try writeMetrics(result)
    try writeWeights(isBest: isBest)
    notePlateau(ap: result?.metrics.ap)
    observer.epochEnded(
      EpochSummary(
        epoch: state.epoch, epochs: settings.epochs, loss: state.sums.loss, validation: result,
        isBest: isBest, seconds: (ContinuousClock.now - epochStart) / .seconds(1)))
    try writeTimes(training: trainingSeconds, validation: result?.seconds)
    epochStart = .now
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
    report(result.nonFinite, said: &reportedNonFinite.validation)
    return result
  }

  /// Each unusable picture once.
  private func report(_ broken: [PictureCache.Broken], consequence: String) {
    for picture in broken where reportedPictures.insert(picture.path).inserted {
      observer.warn("\(picture.path): \(picture.reason); \(consequence)")
    }
  }

  /// As often as there are more such pictures: once, where an epoch sees them all.
  private func report(_ found: PictureCache.NonFinite, said: inout Int) {
    guard found.pictures > said else { return }
    said = found.pictures
    observer.warn("\(found)")
  }

  /// Where there is no AP the last weights are the best; while it is 0, so are they.
  private func noteBest(_ result: ValidationResult?) -> Bool {
    guard validator != nil else { return true }
    guard let result else { return false }
    guard let score = result.metrics.ap else { return true }
    if let best = state.best, best.score > score || best.score == score && score > 0 {
      return false
    }
    var metrics = result.metrics
    metrics.seconds = 0  // A checkpoint holds nothing that two equal runs do not share.
    state.best = TrainingState.Best(epoch: state.epoch, score: score, metrics: metrics)
    return true
  }

  private func writeMetrics(_ result: ValidationResult?) throws {
    let row = MetricsFile.Row(
      epoch: state.epoch + 1, steps: state.step,
      learningRate: learningRate(step: max(0, state.step - 1)), sums: state.sums,
      pictures: batchesPerEpoch * settings.batchSize, validation: result)
    state.metricsBytes = try MetricsFile(parts.folder.metricsFile)
      .append(row, after: state.metricsBytes)
    writeEvents()
  }

  /// Makes TensorBoard's file follow metrics.csv; a failure there ends no run.
  func writeEvents() {
    do { try EventsFile(folder.tensorBoard).follow(MetricsHistory(folder)) } catch {
      observer.warn("TensorBoard's curves lack epochs: \(error)")
    }
  }

  /// Wall clock, which no two runs share, apart from the metrics: an epoch that was trained twice
  /// because of a resume stands there twice.
  private func writeTimes(training: Double, validation: Double?) throws {
    let path = parts.folder.timesFile
    var data = FileManager.default.contents(atPath: path) ?? Data()
    if data.isEmpty { data = Data("epoch,training_seconds,validation_seconds\n".utf8) }
    let shown = validation.map { String(format: "%.3f", $0) } ?? ""
    let line = "\(state.epoch + 1),\(String(format: "%.3f", training)),\(shown)\n"
    data.append(contentsOf: line.utf8)
    try DurableFiles.replace(path, with: data)
  }
}
