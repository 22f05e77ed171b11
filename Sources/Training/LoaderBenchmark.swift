import Datasets
import Detectors

/// Times batches as training gets them, and throws them away.
package struct LoaderBenchmark {
  private let dataset: Dataset
  private let settings: TrainingSettings
  private let schedule: BatchSchedule
  private let cache: PictureCache

  /// - Parameter model: whose sizes the batches have.
  /// - Throws: ``TrainingError/invalidSetting(name:value:place:expected:)`` where `dropLast` leaves
  ///   no batch, and ``DatasetError`` for a file of weights that cannot be used.
  package init(_ dataset: Dataset, _ settings: TrainingSettings, _ model: ModelSettings) throws {
    self.dataset = dataset
    self.settings = settings
    let sampling = try SamplingPlan(settings.sampling, for: dataset)
    schedule = Trainer.schedule(settings, dataset, model, sampling.sampler)
    guard schedule.stepsPerEpoch > 0 else {
      throw TrainingError.invalidSetting(
        name: "dropLast", value: "true", place: "settings",
        expected: "false, or a batch of at most the \(schedule.epochLength) pictures of an epoch")
    }
    cache = PictureCache(
      dataset: dataset, budget: settings.cacheMegabytes << 20,
      largestSize: schedule.largestSize,
      largestScale: settings.augmentation.maximumScale)
  }

  package var cacheBytes: Int { cache.bytes }

  /// One pass over the data.
  ///
  /// - Throws: what keeps a batch from being made.
  package func picturesPerSecond(pass: Int) throws -> Double {
    var maker = RecipeMaker(
      dataset: dataset, augmentation: settings.augmentation, seed: settings.seed)
    maker.mosaicEnd = .max
    var loading = BatchLoader.Settings()
    loading.workers = settings.workers
    let start = ContinuousClock.now
    let loader = BatchLoader(
      maker: maker, schedule: schedule, cache: cache,
      epochs: pass..<pass + 1, settings: loading)
    var count = 0
    while let batch = try loader.next() {
      count += batch.items.count
      batch.release()
    }
    return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
  }
}
