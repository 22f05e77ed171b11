import Datasets
import Detectors

/// Times batches as training gets them, and throws them away.
package struct LoaderBenchmark {
  private let dataset: Dataset
  private let settings: TrainingSettings
  private let schedule: BatchSchedule
  private let cache: PictureCache

  /// - Parameter model: whose sizes the batches have.
  package init(_ dataset: Dataset, _ settings: TrainingSettings, _ model: ModelSettings) {
    self.dataset = dataset
    self.settings = settings
    schedule = Trainer.schedule(settings, dataset, model)
    cache = PictureCache(
      dataset: dataset, budget: settings.cacheMegabytes << 20,
      largestSize: schedule.largestSize,
      largestScale: settings.augmentation.largestScale)
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
