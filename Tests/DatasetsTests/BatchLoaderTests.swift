import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct BatchLoaderTests {
  /// Eleven noisy JPEGs of three sizes with two objects each.
  private let folder: TemporaryFolder
  private let dataset: Dataset

  init() throws {
    folder = try TemporaryFolder()
    for index in 0..<11 {
      try folder.writePicture(
        "images/\(10 + index).jpg", width: 60 + 20 * (index % 3), height: 70, tint: 20 * index)
      try folder.write("0 0.5 0.5 0.4 0.3\n1 0.2 0.3 0.1 0.2\n", to: "labels/\(10 + index).txt")
    }
    let file = try folder.write("train: images\nnames: [a, b]\n", to: "d.yaml")
    dataset = try DataDescription.load(file).dataset(.train)
  }

  private func loader(
    workers: Int, training: Bool = true, epochs: Range<Int> = 0..<3, step: Int = 0,
    budget: Int = 100_000_000, window: Int = .max, sampler: EpochSampler = .random
  ) -> (BatchLoader, PictureCache) {
    var schedule = BatchSchedule(
      sampleCount: dataset.count, batchSize: 4, isTraining: training, seed: 9,
      sizes: [CanvasSize(side: 64), CanvasSize(width: 96, height: 32)])
    schedule.sampler = sampler
    let cache = PictureCache(
      dataset: dataset, budget: budget, largestSize: schedule.largestSize, largestScale: 1.5,
      window: window)
    var maker = RecipeMaker(
      dataset: dataset, augmentation: training ? Augmentation() : nil, seed: 9)
    maker.mosaicWindow = window
    var settings = BatchLoader.Settings()
    settings.workers = workers
    let loader = BatchLoader(
      maker: maker, schedule: schedule, cache: cache, epochs: epochs, step: step,
      settings: settings)
    return (loader, cache)
  }

  private struct Seen: Equatable {
    var epoch: Int
    var step: Int
    var items: [BatchItem]
    var pixels: [UInt32]
  }

  private func all(_ loader: BatchLoader) throws -> [Seen] {
    var seen: [Seen] = []
    while let batch = try loader.next() {
      let count = batch.items.count * 3 * batch.size.area
      seen.append(
        Seen(
          epoch: batch.epoch, step: batch.step, items: batch.items,
          pixels: UnsafeBufferPointer(start: batch.pixels, count: count).map(\.bitPattern)))
      batch.release()
    }
    return seen
  }

  @Test func workersChangeNothing() throws {
    let reference = try all(loader(workers: 0).0)
    #expect(reference.count == 9)
    #expect(reference.map(\.epoch) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
    #expect(try all(loader(workers: 1).0) == reference)
    #expect(try all(loader(workers: 3).0) == reference)
    // Nor does decoding anew for each use.
    #expect(try all(loader(workers: 2, budget: 0).0) == reference)
  }

  /// Eleven pictures in blocks of five and six: a cache of nine keeps what is used again, and what is
  /// kept changes nothing.
  @Test func windowsNeedFewDecodingsAndChangeNothing() throws {
    let window = 5
    let (first, cache) = loader(workers: 0, budget: 160_000, window: window)
    let reference = try all(first)
    let uses = reference.flatMap(\.items).reduce(0) { $0 + $1.recipe.sources.count }
    #expect(uses > 60)
    // Once an epoch, and the first pictures once more for the last batch.
    #expect(cache.statistics.misses <= 3 * (11 + 6), "\(cache.statistics)")
    for (workers, budget) in [(1, 160_000), (3, 160_000), (2, 0), (3, 40_000), (2, 100_000_000)] {
      #expect(try all(loader(workers: workers, budget: budget, window: window).0) == reference)
    }
    #expect(try all(loader(workers: 1).0) != reference)
    // Of fewer than two windows there is one block: the whole set.
    #expect(try all(loader(workers: 1, window: 6).0) == all(loader(workers: 1).0))
  }

  @Test func partnersStandTogetherInTheEpoch() throws {
    let batches = try all(loader(workers: 2, epochs: 0..<1, window: 5).0)
    let items = batches.flatMap(\.items)
    let order = items.prefix(11).map(\.sample)
    for (position, item) in items.enumerated() {
      let block = position % 11 < 5 ? order[0..<5] : order[5..<11]
      #expect(item.recipe.sources.allSatisfy { block.contains($0.picture) })
    }
  }

  @Test func resumingGivesTheRest() throws {
    let whole = try all(loader(workers: 2).0)
    let rest = try all(loader(workers: 2, epochs: 1..<3, step: 2).0)
    #expect(rest == Array(whole.dropFirst(5)))
  }

  /// One of two: a sampler whose epochs are of 19 pictures or 20, and draws with replacement.
  @Test(arguments: [
    EpochSampler.repeating((0..<11).map { $0 == 3 ? 9.6 : 1 }),
    EpochSampler.weighted((0..<11).map { $0 == 3 ? 9 : 1 }),
  ])
  func repeatedPicturesAreDrawnAnewWhateverTheWorkers(sampler: EpochSampler) throws {
    let reference = try all(loader(workers: 0, sampler: sampler).0)
    #expect(try all(loader(workers: 3, sampler: sampler).0) == reference)
    let rest = try all(loader(workers: 2, epochs: 1..<3, step: 2, sampler: sampler).0)
    let steps = reference.count / 3
    #expect(rest == Array(reference.dropFirst(steps + 2)))
    let often = reference.prefix(steps).flatMap(\.items).filter { $0.sample == 3 }
    #expect(often.count > 2 && Set(often.map(\.recipe)).count == often.count)
  }

  @Test func batchesAreFullInTrainingAndCoverTheEpoch() throws {
    let batches = try all(loader(workers: 2, epochs: 0..<1).0)
    #expect(batches.map(\.items.count) == [4, 4, 4])
    let samples = batches.flatMap { $0.items.map(\.sample) }
    #expect(Set(samples.prefix(11)) == Set(0..<11))
    // The twelfth is the epoch's first once more, drawn differently.
    #expect(samples[11] == samples[0])
    #expect(batches[2].items[3].recipe != batches[0].items[0].recipe)
  }

  @Test func validationSeesEachPictureOnceInOrder() throws {
    let batches = try all(loader(workers: 2, training: false, epochs: 0..<1).0)
    #expect(batches.flatMap { $0.items.map(\.sample) } == Array(0..<11))
    #expect(batches.map(\.items.count) == [4, 4, 3])
  }

  @Test func brokenPictureIsPassedOverAndReported() throws {
    try folder.truncate("images/14.jpg", to: 0.6)
    let (first, cache) = loader(workers: 0)
    let reference = try all(first)
    #expect(reference.allSatisfy { $0.items.count == 4 })
    #expect(
      reference.flatMap(\.items).allSatisfy { item in
        item.sample != 4 && item.recipe.sources.allSatisfy { $0.picture != 4 }
      })
    #expect(cache.broken.map(\.sample) == [4])
    #expect(cache.broken[0].path.hasSuffix("images/14.jpg"))
    for workers in [1, 3] { #expect(try all(loader(workers: workers).0) == reference) }
    let (validation, _) = loader(workers: 2, training: false, epochs: 0..<1)
    let batches = try all(validation)
    #expect(batches.map(\.items.count) == [4, 3, 3])
    // The slots behind the empty one moved up with their pixels.
    let whole = try Picture.read(path: dataset.samples[5].path)
    let planes = try batches[1].items[0].recipe.composed(pictures: { _ in whole })
    #expect(batches[1].items[0].sample == 5)
    #expect(Array(batches[1].pixels.prefix(planes.count)) == planes.map(\.bitPattern))
  }

  @Test func nothingUsableIsAnError() throws {
    for index in 0..<11 { try folder.truncate("images/\(10 + index).jpg", to: 0.6) }
    for workers in [0, 2] {
      let (loader, _) = loader(workers: workers)
      let message = sentence { _ = try loader.next() }
      #expect(message.hasPrefix("none of the pictures can be used; the first is \(folder.path)"))
    }
  }

  @Test func pictureOfAnotherSizeThanAnnotatedIsNotUsed() throws {
    try folder.writePicture("images/10.jpg", width: 61, height: 70)
    let (loader, cache) = loader(workers: 1, training: false, epochs: 0..<1)
    #expect(try all(loader).flatMap(\.items).count == 10)
    #expect(cache.broken[0].reason == "is 61×70, but its annotations say 60×70")
  }

  @Test func buffersComeBack() throws {
    let (loader, _) = loader(workers: 2, epochs: 0..<50)
    for round in 0..<60 {
      let batch = try #require(try loader.next())
      #expect(loader.loanCount == 1)
      // Half are released by hand, half by going out of scope.
      if round % 2 == 0 {
        batch.release()
        batch.release()
        #expect(loader.loanCount == 0)
      }
    }
    #expect(loader.loanCount == 0)
  }

  @Test func batchOutlivesItsLoader() throws {
    var kept: Batch?
    do {
      let (loader, _) = loader(workers: 3)
      kept = try loader.next()
    }
    let batch = try #require(kept)
    #expect(batch.pixels[0].isFinite)
    batch.release()
  }
}
