import Datasets

/// What a run says of the pictures that make its epochs.
extension Trainer {
  func describeSampling() {
    if let line = sampling.description { observer.note(line) }
    let schedule = Self.schedule(settings, parts.training, model, sampling.sampler)
    let rest = schedule.epochLength % settings.batchSize
    if settings.dropLast, rest > 0 {
      observer.note(
        "dropLast: \(rest) of \(schedule.epochLength) pictures are left out of each epoch"
          + (settings.sampling.sampler == .sequential ? ", always the last" : ""))
    }
  }

  /// - Throws: ``TrainingError/invalidSetting(name:value:place:expected:)`` where `dropLast` leaves no
  ///   batch.
  func checkEpochLength() throws {
    guard batchesPerEpoch == 0 else { return }
    let length = sampling.sampler.length(of: parts.training.count)
    throw TrainingError.invalidSetting(
      name: "dropLast", value: "true", place: state.settings.place(of: "dropLast"),
      expected: "false, or a batch of at most the \(length) pictures of an epoch")
  }
}
