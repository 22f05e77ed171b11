import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct PictureCacheTests {
  private func dataset(_ folder: TemporaryFolder, side: Int, count: Int) throws -> Dataset {
    for index in 0..<count {
      try folder.writePicture("images/\(index).jpg", width: side, height: side / 2)
    }
    let file = try folder.write("train: images\nnames: [a]\n", to: "d.yaml")
    return try DataDescription.load(file).dataset(.train)
  }

  @Test func firstComeStayWithinTheBudget() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(folder, side: 64, count: 4)
    // 64·32·3 bytes and a third more for smaller copies: two fit into 20 000.
    let cache = PictureCache(
      dataset: dataset, budget: 20_000, largestSize: CanvasSize(side: 64))
    let first = (0..<4).compactMap { cache.picture($0) }
    #expect(first.count == 4)
    #expect(cache.bytes == 2 * 64 * 32 * 4)
    let second = (0..<4).compactMap { cache.picture($0) }
    #expect(zip(first, second).map { $0 === $1 } == [true, true, false, false])
  }

  @Test func fillingStopsWhenTheBudgetIsUsed() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(folder, side: 64, count: 40)
    try folder.truncate("images/9.jpg", to: 0.5)  // The last by name.
    let cache = PictureCache(
      dataset: dataset, budget: 20_000, largestSize: CanvasSize(side: 64))
    cache.fill { false }
    #expect(cache.bytes == 0)
    cache.fill()
    #expect(cache.bytes == 2 * 64 * 32 * 4)
    #expect(cache.broken.isEmpty, "the rest was not read")
    let whole = PictureCache(
      dataset: dataset, budget: 1 << 20, largestSize: CanvasSize(side: 64))
    whole.fill()
    #expect(whole.bytes == 39 * 64 * 32 * 4 && whole.broken.count == 1)
  }

  @Test func sixteenBitsAreTakenAndOtherDepthsRefusedWithTheReason() throws {
    let folder = try TemporaryFolder()
    let pixels = [UInt16](repeating: 40_000, count: 32 * 32 * 3)
    try FileManager.default.createDirectory(
      at: folder.appending("images"), withIntermediateDirectories: true)
    try Picture(pixels: pixels, width: 32, height: 32).write(to: folder.file("images/a.png"))
    let file = try folder.write("train: images\nnames: [a]\n", to: "d.yaml")
    let dataset = try DataDescription.load(file).dataset(.train)
    let cache = PictureCache(dataset: dataset, budget: 0, largestSize: CanvasSize(side: 32))
    #expect(cache.picture(0)?.bits == 16)
    let eight = InputFormat(
      normalization: .percentile(low: [0, 0, 0], high: [255, 255, 255], bits: 8))
    let refusing = PictureCache(
      dataset: dataset, budget: 0, largestSize: CanvasSize(side: 32), input: eight)
    #expect(refusing.picture(0) == nil)
    #expect(
      refusing.broken.first?.reason
        == "has 16 bits a channel where normalization percentile was measured on 8 bits a channel")
  }

  @Test func largeJPEGsAreDecodedNoLargerThanNeeded() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(folder, side: 512, count: 1)
    func width(_ side: Int, scale: Double) throws -> Int {
      let cache = PictureCache(
        dataset: dataset, budget: 0, largestSize: CanvasSize(side: side), largestScale: scale)
      let picture = try #require(cache.picture(0))
      #expect(picture.originalWidth == 512)
      return picture.width
    }
    #expect(try width(512, scale: 1) == 512)
    #expect(try width(128, scale: 1) == 128)
    #expect(try width(64, scale: 1) == 64)
    #expect(try width(128, scale: 1.5) == 256)
  }
}
