import Datasets
import Detectors
import Images

/// Times batches as training gets them, and throws them away.
package struct LoaderBenchmark {
  /// One way through the data.
  package struct Pass {
    package var picturesPerSecond: Double
    /// Bytes that the process held after so many batches, and at the end.
    package var resident: [Int]
  }

  private let dataset: Dataset
  private let settings: TrainingSettings
  private let schedule: BatchSchedule
  private let cache: PictureCache
  private let input: InputFormat

  /// - Parameters:
  ///   - model: whose sizes the batches have.
  ///   - input: how pixels become network input.
  /// - Throws: ``DatasetError/cannotCreate(path:reason:)`` for a cache's folder,
  ///   ``TrainingError/invalidSetting(name:value:place:expected:)`` where `dropLast` leaves no batch,
  ///   and ``DatasetError`` for a file of weights that cannot be used.
  package init(
    _ dataset: Dataset, _ settings: TrainingSettings, _ model: ModelSettings,
    input: InputFormat = InputFormat()
  ) throws {
    self.input = input
    self.dataset = dataset
    self.settings = settings
    let sampling = try SamplingPlan(
      settings.sampling, for: dataset, isPart: settings.takesPart)
    schedule = Trainer.schedule(settings, dataset, model, sampling.sampler)
    guard schedule.stepsPerEpoch > 0 else {
      throw TrainingError.invalidSetting(
        name: "dropLast", value: "true", place: "settings",
        expected: "false, or a batch of at most the \(schedule.epochLength) pictures of an epoch")
    }
    cache = try settings.pictureCache(
      dataset, bytes: settings.cache.bytes, largestSize: schedule.largestSize, input: input,
      isTraining: true)
  }

  package var cacheSummary: String { cache.summary }
  package var cacheStatistics: PictureCache.Statistics { cache.statistics }

  /// After how many batches memory is looked at.
  package static let earlyBatches = 100

  /// One pass over the data.
  ///
  /// - Parameter batches: where to stop before its end.
  /// - Throws: what keeps a batch from being made.
  package func pass(_ pass: Int, batches: Int = .max) throws -> Pass {
    var maker = RecipeMaker(
      dataset: dataset, augmentation: settings.augmentation, seed: settings.seed)
    maker.mosaicEnd = .max
    maker.mosaicWindow = settings.mosaicWindow
    var loading = BatchLoader.Settings()
    loading.workers = settings.workers
    loading.input = input
    let start = ContinuousClock.now
    let loader = BatchLoader(
      maker: maker, schedule: schedule, cache: cache,
      epochs: pass..<pass + 1, settings: loading)
    var (pictures, done) = (0, 0)
    var resident: [Int] = []
    while done < batches, let batch = try loader.next() {
      pictures += batch.items.count
      batch.release()
      done += 1
      if done == Self.earlyBatches { resident.append(ProcessMemory.resident) }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Pass(
      picturesPerSecond: Double(pictures) / seconds, resident: resident + [ProcessMemory.resident])
  }
}

/// What opening a data set takes.
package struct OpeningBenchmark {
  package let dataset: Dataset
  package let seconds: Double
  /// Of memory, at most, while it was opened.
  package let growthBytes: Int

  /// - Throws: what keeps it from being opened.
  package init(_ open: () throws -> Dataset) throws {
    ProcessMemory.restartPeak()
    let before = ProcessMemory.resident
    let start = ContinuousClock.now
    dataset = try open()
    seconds = (ContinuousClock.now - start) / .seconds(1)
    growthBytes = max(0, ProcessMemory.peak - before)
  }
}
