import Datasets
import Foundation
import Images
import RandomNumbers
import TestSupport
import Testing

@Suite struct NormalizationMeasureTests {
  /// The percentile of numbers in order, as numpy's default has it.
  private func percentile(_ sorted: [Double], _ percent: Double) -> Double {
    let rank = percent / 100 * Double(sorted.count - 1)
    let lower = Int(rank)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (sorted[upper] - sorted[lower]) * (rank - Double(lower))
  }

  /// Pictures of random values and a data set of them.
  private func dataset<Sample: BitwiseCopyable>(
    _ folder: TemporaryFolder, count: Int, channels: Int, _ draw: (inout KeyedGenerator) -> Sample
  ) throws -> (dataset: Dataset, values: [[Sample]]) {
    var all: [[Sample]] = []
    try FileManager.default.createDirectory(
      at: folder.appending("images"), withIntermediateDirectories: true)
    for index in 0..<count {
      var generator = KeyedGenerator(seed: 8, purpose: "measure", index)
      let (width, height) = (20 + index, 16)
      let samples = (0..<width * height * channels).map { _ in draw(&generator) }
      try TIFFFile(width: width, height: height, channels: channels).bytes(samples)
        .write(to: folder.appending("images/\(index).tif"))
      all.append(samples)
    }
    let file = try folder.write("train: images\nnames: [a]\n", to: "d.yaml")
    return (try DataDescription.load(file).dataset(.train), all)
  }

  /// One channel's values of all pictures, in order.
  private func sorted<Sample: BinaryInteger>(
    _ all: [[Sample]], _ channel: Int, of channels: Int
  ) -> [Double] {
    all.flatMap { samples in
      stride(from: channel, to: samples.count, by: channels).map { Double(samples[$0]) }
    }.sorted()
  }

  @Test func percentilesOfSixteenBitsAreExact() throws {
    let folder = try TemporaryFolder()
    let (dataset, all) = try dataset(folder, count: 5, channels: 5) { generator in
      UInt16(generator.index(below: 4000) + (generator.chance(0.002) ? 60_000 : 0))
    }
    let statistics = PixelStatistics(dataset.samples, limit: 100)
    #expect(statistics.channels == 5 && statistics.bits == 16)
    #expect(statistics.decodedPictures == 5 && statistics.failures.isEmpty)
    let percentiles = try #require(statistics.percentiles)
    for channel in 0..<5 {
      let values = sorted(all, channel, of: 5)
      for (percent, found) in zip(statistics.percents, percentiles[channel]) {
        #expect(abs(found - percentile(values, percent)) < 1e-6, "\(percent) of \(channel)")
      }
      #expect(statistics.minimum?[channel] == values.first)
      #expect(statistics.maximum?[channel] == values.last)
      // Each picture counts the same.
      let means = all.map { samples in
        let own = stride(from: channel, to: samples.count, by: 5).map { Double(samples[$0]) }
        return own.reduce(0, +) / Double(own.count)
      }
      #expect(abs(statistics.mean![channel] - means.reduce(0, +) / 5) < 1e-6)
    }
  }

  @Test func floatsAreMeasuredWithoutWhatIsNoNumber() throws {
    let folder = try TemporaryFolder()
    let (dataset, all) = try dataset(folder, count: 3, channels: 2) { generator in
      generator.chance(0.01) ? Float.nan : Float(generator.uniform(-5, 5))
    }
    let statistics = PixelStatistics(dataset.samples, limit: 100)
    let bad = all.joined().count { !$0.isFinite }
    #expect(bad > 0 && statistics.nonFiniteValues == bad && statistics.nonFinitePictures == 3)
    // So few pixels are all taken: exact.
    for channel in 0..<2 {
      let values = all.flatMap { samples in
        stride(from: channel, to: samples.count, by: 2).map { Double(samples[$0]) }
      }.filter(\.isFinite).sorted()
      for (percent, found) in zip(statistics.percents, statistics.percentiles![channel]) {
        #expect(abs(found - percentile(values, percent)) < 1e-6)
      }
    }
  }

  @Test func measuredNormalizationHoldsThePercentilesAndSaysThem() throws {
    let folder = try TemporaryFolder()
    let (dataset, all) = try dataset(folder, count: 4, channels: 2) { generator in
      UInt16(generator.index(below: 1000))
    }
    var request = MeasuredNormalization.Request(.percentile)
    (request.low, request.high, request.channels) = (5, 95, 2)
    let measured = try MeasuredNormalization(request, dataset)
    for channel in 0..<2 {
      let values = sorted(all, channel, of: 2)
      let own = measured.normalization.channels[channel]
      #expect(own.low == Float(percentile(values, 5)))
      #expect(own.high == Float(percentile(values, 95)))
    }
    #expect(measured.notes.count == 1 && measured.notes[0].contains("4 of 4 training pictures"))
    #expect(measured.warnings.isEmpty)
    request.limit = 2
    let fewer = try MeasuredNormalization(request, dataset)
    #expect(fewer.notes[0].contains("2 of 4 training pictures"))
    #expect(try MeasuredNormalization(request, dataset).normalization == fewer.normalization)
    request.kind = .standard
    request.limit = 0
    let standard = try MeasuredNormalization(request, dataset).normalization
    #expect(abs(standard.channels[0].offset - 500) < 30)
    #expect(abs(1 / standard.channels[0].factor - 1000 / 12.0.squareRoot().float) < 20)
  }

  @Test func channelWithoutRangeIsWarnedOf() throws {
    let folder = try TemporaryFolder()
    let (dataset, _) = try dataset(folder, count: 2, channels: 2) { _ in UInt8(9) }
    var request = MeasuredNormalization.Request(.percentile)
    request.channels = 2
    let measured = try MeasuredNormalization(request, dataset)
    #expect(measured.warnings.count == 2 && measured.warnings[0].contains("channel 1"))
  }

  @Test func picturesOfOtherKindsAreLeftOutAndSaid() throws {
    let folder = try TemporaryFolder()
    let (dataset, _) = try dataset(folder, count: 3, channels: 2) { _ in UInt16(9) }
    try TIFFFile(width: 21, height: 16, channels: 3)
      .bytes([UInt16](repeating: 1, count: 21 * 16 * 3)).write(to: folder.appending("images/1.tif"))
    let statistics = PixelStatistics(dataset.samples, limit: 10)
    #expect(statistics.decodedPictures == 2)
    #expect(statistics.failures.count == 1 && statistics.failures[0].contains("has 3 channels"))
  }

  @Test func cacheReplacesAndCountsWhatIsNoNumber() throws {
    let folder = try TemporaryFolder()
    let (dataset, all) = try dataset(folder, count: 2, channels: 2) { generator in
      generator.chance(0.02) ? Float.infinity : Float(generator.uniform())
    }
    let input = InputFormat(
      channels: 2, normalization: .percentile(low: [-1, -2], high: [1, 1], bits: 32))
    let cache = PictureCache(
      dataset: dataset, budget: 1 << 20, largestSize: CanvasSize(side: 32), input: input)
    cache.fill()
    #expect(cache.nonFinite.values == all.joined().count { !$0.isFinite })
    #expect(cache.nonFinite.pictures == 2 && cache.nonFinite.first == dataset.samples[0].path)
    let kept = try #require(cache.picture(0))
    let expected = all[0].indices.map { (index: Int) -> Float in
      let low: Float = index % 2 == 0 ? -1 : -2
      return all[0][index].isFinite ? all[0][index] : low
    }
    #expect(kept.withFloatPixels { Array($0) } == expected)
  }
}

extension Double {
  fileprivate var float: Float { Float(self) }
}
