import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct PictureStoreTests {
  private let folder: TemporaryFolder
  private let dataset: Dataset
  private var path: String { folder.file("cache") }

  init() throws {
    folder = try TemporaryFolder()
    for index in 0..<4 {
      try folder.writePicture("images/\(index).jpg", width: 512, height: 256, tint: 9 * index)
    }
    let file = try folder.write("train: images\nnames: [a]\n", to: "d.yaml")
    dataset = try DataDescription.load(file).dataset(.train)
  }

  private func store(budget: Int = 10 << 20) throws -> PictureStore {
    try PictureStore(folder: path, dataset: dataset, budget: budget)
  }

  /// All pictures' pixels, as a cache over the store gives them.
  private func pixels(_ store: PictureStore?, side: Int = 512) throws -> [[UInt8]] {
    let cache = PictureCache(
      dataset: dataset, budget: 0, store: store, largestSize: CanvasSize(side: side))
    return try dataset.samples.indices.map { index in
      let picture = try #require(cache.picture(index))
      #expect(picture.originalWidth == 512 && picture.originalHeight == 256)
      return picture.withPixels { Array($0) }
    }
  }

  @Test(arguments: [512, 64])
  func laterRunReadsTheSamePixels(side: Int) throws {
    let expected = try pixels(nil, side: side)
    do {
      let first = try store()
      #expect(try pixels(first, side: side) == expected)
      #expect(first.statistics.added == 4 && first.statistics.hits == 0)
    }
    let second = try store()
    #expect(try pixels(second, side: side) == expected)
    #expect(second.statistics.added == 0 && second.statistics.hits == 4)
    // Decoded at another size they are other pictures.
    #expect(try pixels(second, side: 576 - side) == pixels(nil, side: 576 - side))
    #expect(second.statistics.added == 4)
  }

  @Test func changedFilesAreDecodedAnew() throws {
    _ = try pixels(store())
    try folder.writePicture("images/2.jpg", width: 512, height: 256, tint: 77)
    let again = try store()
    #expect(try pixels(again) == pixels(nil))
    #expect(again.statistics.hits == 3 && again.statistics.added == 1)
  }

  @Test func cutOffOrDamagedStoresGiveNoWrongPixels() throws {
    _ = try pixels(store())
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: path).first)
    let whole = try Data(contentsOf: folder.appending("cache/\(name)"))
    let expected = try pixels(nil)
    for length in [0, 7, 100, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: folder.appending("cache/\(name)"))
      #expect(try pixels(store()) == expected, "cut at \(length)")
      let healed = try store()
      #expect(try pixels(healed) == expected)
      #expect(healed.statistics.hits == 4, "cut at \(length)")
    }
    var damaged = whole
    // Amid the pixels of the third of four records of one length.
    damaged[whole.count / 2 + 5000] ^= 1
    try damaged.write(to: folder.appending("cache/\(name)"))
    let store = try store()
    #expect(try pixels(store) == expected)
    #expect(store.statistics.damaged == 1 && store.statistics.added == 1)
  }

  @Test func secondProcessOnlyReads() throws {
    let first = try store()
    _ = try pixels(first)
    let second = try store()
    #expect(!second.statistics.isWriter && first.statistics.isWriter)
    #expect(try pixels(second) == pixels(nil))
    #expect(second.statistics.hits == 4 && second.statistics.added == 0)
    #expect("\(second.statistics)".hasSuffix("another process adds to it"))
  }

  @Test func budgetBoundsTheFile() throws {
    // 512·256·3 bytes and a header: two fit.
    let store = try store(budget: 900_000)
    #expect(try pixels(store) == pixels(nil))
    #expect(store.statistics.added == 2 && store.statistics.bytes <= 900_000)
    #expect("\(store.statistics)".contains("no room 2 times"))
  }

  @Test func folderThatCannotBeMadeIsNamed() throws {
    try folder.write("", to: "file")
    let message = sentence {
      _ = try PictureStore(folder: folder.file("file/below"), dataset: dataset, budget: 1 << 20)
    }
    #expect(message.contains("\(folder.path)/file/below cannot be made"))
  }
}
