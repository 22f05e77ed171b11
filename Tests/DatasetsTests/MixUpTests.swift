import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct MixUpTests {
  private let folder: TemporaryFolder
  private let dataset: Dataset

  /// Five pictures of one shape with an object each.
  init() throws {
    folder = try TemporaryFolder()
    for index in 0..<5 {
      try folder.writePicture("images/\(index).png", width: 60, height: 60, tint: 30 * index)
      try folder.write("\(index % 2) 0.5 0.5 0.4 0.3\n", to: "labels/\(index).txt")
    }
    let file = try folder.write("train: images\nnames: [a, b]\n", to: "d.yaml")
    dataset = try DataDescription.load(file).dataset(.train)
  }

  private let size = CanvasSize(side: 60)

  private func maker(_ augmentation: Augmentation) -> RecipeMaker {
    RecipeMaker(dataset: dataset, augmentation: augmentation, seed: 12)
  }

  @Test func secondSampleIsLaidOverAnUnchangedFirst() throws {
    var settings = Augmentation()
    settings.mosaic = 0.5
    let plain = maker(settings)
    settings.mixUp.probability = 1
    var mixing = maker(settings)
    mixing.mosaicEnd = 20
    var partners: Set<Int> = []
    for epoch in 0..<24 {
      let request = RecipeMaker.Request(sample: 2, epoch: epoch, size: size)
      let (a, b) = (plain.make(request), mixing.make(request))
      guard epoch < 20 else {
        #expect(b.recipe.sources.count == 1)
        continue
      }
      let count = a.recipe.sources.count
      #expect(Array(b.recipe.sources.prefix(count)) == a.recipe.sources)
      #expect(Array(b.targets.boxes.prefix(a.targets.boxes.count)) == a.targets.boxes)
      let second = b.recipe.sources.dropFirst(count)
      let shares = Set(second.map(\.opacity))
      #expect(shares.count <= 1)
      #expect(shares.allSatisfy { (0.1999...0.8001).contains($0) })
      partners.formUnion(second.map(\.picture))
      // Its objects are targets or counted, as the first's are.
      let inTiles = b.recipe.sources.map { dataset.annotations(of: $0.picture).count }
      #expect(
        inTiles.reduce(0, +)
          == b.targets.boxes.count + b.targets.lost.outside + b.targets.lost.tooLittleLeft)
    }
    #expect(partners.count == 5)
  }

  @Test func pixelsAreTheMixOfBoth() throws {
    var settings = Augmentation.none
    settings.mixUp.probability = 1
    let pictures = try (0..<5).map {
      let value = UInt8(50 * $0)
      return try Picture(
        width: 60, height: 60, filledWith: Colour(red: value, green: value, blue: value))
    }
    var ratios: [Float] = []
    for epoch in 0..<200 {
      let recipe = maker(settings).make(.init(sample: 1, epoch: epoch, size: size)).recipe
      let second = recipe.sources[1]
      let planes = try recipe.composed(pictures: { pictures[$0] }, scale: 1)
      let expected = 50 * (1 - second.opacity) + Float(50 * second.picture) * second.opacity
      #expect(planes.allSatisfy { abs($0 - expected) < 0.01 })
      ratios.append(second.opacity)
    }
    // Beta(1.5, 1.5) cut to 0.2 … 0.8: symmetric, 14 % at either end.
    let mean = ratios.reduce(0, +) / 200
    #expect(abs(mean - 0.5) < 0.08)
    for end in [0.2, 0.8] as [Float] {
      #expect((8...60).contains(ratios.count { abs($0 - end) < 1e-6 }))
    }
  }

  /// Whatever workers find out first, mixed and pasted samples are the same; a truncated picture
  /// takes no part.
  @Test func workersChangeNothing() throws {
    let name = "images/3.jpg"
    try FileManager.default.removeItem(at: folder.appending("images/3.png"))
    try folder.writePicture(name, width: 60, height: 60)
    try folder.truncate(name, to: 0.6)
    let dataset = try DataDescription.load(folder.file("d.yaml")).dataset(.train)
    for origin in Pasting.Origin.allCases {
      var settings = Augmentation()
      settings.mixUp.probability = 0.5
      settings.pasting.probability = 0.7
      settings.pasting.origin = origin
      settings.pasting.overlap = 0.1
      let reference = try samples(of: dataset, settings, workers: 0)
      let items = reference.flatMap(\.items)
      #expect(items.contains { $0.targets.copies.pasted > 0 })
      #expect(items.contains { $0.targets.copies.unplaced > 0 })
      #expect(items.contains { $0.recipe.sources.contains { $0.opacity < 1 } })
      let broken = dataset.samples.firstIndex { $0.path.hasSuffix("3.jpg") }
      #expect(items.allSatisfy { $0.recipe.sources.allSatisfy { $0.picture != broken } })
      for workers in [1, 3] {
        #expect(try samples(of: dataset, settings, workers: workers) == reference)
      }
    }
  }

  private struct Seen: Equatable {
    var items: [BatchItem]
    var pixels: [UInt32]
  }

  private func samples(of dataset: Dataset, _ settings: Augmentation, workers: Int) throws
    -> [Seen]
  {
    let schedule = BatchSchedule(
      sampleCount: dataset.count, batchSize: 3, isTraining: true, seed: 9,
      sizes: [CanvasSize(side: 64)])
    let cache = PictureCache(
      dataset: dataset, budget: 1_000_000, largestSize: CanvasSize(side: 64),
      largestScale: settings.largestScale)
    var loading = BatchLoader.Settings()
    loading.workers = workers
    let loader = BatchLoader(
      maker: RecipeMaker(dataset: dataset, augmentation: settings, seed: 9), schedule: schedule,
      cache: cache, epochs: 0..<12, settings: loading)
    var seen: [Seen] = []
    while let batch = try loader.next() {
      let count = batch.items.count * 3 * batch.size.area
      seen.append(
        Seen(
          items: batch.items,
          pixels: UnsafeBufferPointer(start: batch.pixels, count: count).map(\.bitPattern)))
      batch.release()
    }
    return seen
  }
}
