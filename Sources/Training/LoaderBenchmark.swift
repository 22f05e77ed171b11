import Datasets
import Detectors
import Images

/// Times batches as training gets them, and throws them away.
package struct LoaderBenchmark {
  private let dataset: Dataset
  private let settings: TrainingSettings
  private let schedule: BatchSchedule
  private let cache: PictureCache
  private let input: InputFormat

  /// - Parameters:
  ///   - model: whose sizes the batches have.
  ///   - input: how pixels become network input.
  package init(
    _ dataset: Dataset, _ settings: TrainingSettings, _ model: ModelSettings,
    input: InputFormat = InputFormat()
  ) {
    self.input = input
    self.dataset = dataset
    self.settings = settings
    schedule = Trainer.schedule(settings, dataset, model)
    cache = PictureCache(
      dataset: dataset, budget: settings.cacheMegabytes << 20,
      largestSize: schedule.largestSize,
      largestScale: settings.augmentation.largestScale, input: input)
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
    loading.input = input
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
