import Dispatch
import Foundation
import Images
import RandomNumbers

/// Reads pictures on all processors and sums up their pixels; the same whatever their number, since
/// what is added up across pictures are whole numbers.
struct PixelSurvey {
  /// Of one picture.
  struct Values: Sendable {
    var sums: [ChannelSums]
    var nonFinite: Int
    /// Of floats: finite values of pixels drawn from it, for each channel.
    var drawn: [[Float]]

    /// Of the whole picture: by ITU-R BT.601's weights of red, green and blue; of other numbers of
    /// channels their mean.
    var brightness: Double {
      let means = sums.map { $0.count > 0 ? $0.sum / Double($0.count) : 0 }
      let weights =
        means.count == 3
        ? [0.299, 0.587, 0.114] : Array(repeating: 1 / Double(means.count), count: means.count)
      return zip(means, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// One for each picture, in their order.
  let results: [Result<Values, any Error>]
  private let histogram: [UInt64]
  private let bins: Int

  /// How often each value of a channel occurs in all pictures; of 8 and 16 bits.
  func counts(_ channel: Int) -> [UInt64] {
    Array(histogram[channel * bins..<(channel + 1) * bins])
  }

  init(_ samples: [Sample], _ chosen: [Int], _ kind: PixelStatistics.Kind, minimumSide: Int) {
    bins = kind.bits <= 16 ? 1 << kind.bits : 0
    let (results, total) = (IndexedResults<Result<Values, any Error>>(), Histogram())
    let size = kind.channels * bins
    let draws = max(16, PixelStatistics.floatSample / max(1, chosen.count))
    let lanes = min(chosen.count, ProcessInfo.processInfo.activeProcessorCount)
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      var counts = [UInt64](repeating: 0, count: size)
      for position in stride(from: lane, to: chosen.count, by: lanes) {
        let sample = chosen[position]
        let result = Result {
          try Self.values(
            samples[sample].path, kind, &counts, minimumSide: minimumSide, draws: draws,
            sample: sample)
        }
        _ = results.set(result, at: position)
      }
      total.add(counts)
    }
    self.results = results.inOrder()
    histogram = total.counts.isEmpty ? [UInt64](repeating: 0, count: size) : total.counts
  }

  private static func values(
    _ path: String, _ kind: PixelStatistics.Kind, _ counts: inout [UInt64], minimumSide: Int,
    draws: Int, sample: Int
  ) throws -> Values {
    var options = DecodeOptions(
      forcesRGB: kind.channels == 3, keeps16Bits: true, minimumSide: minimumSide)
    options.keepsFloats = true
    let picture = try Picture.read(path: path, options: options)
    guard picture.channels == kind.channels else {
      throw ImageError.otherChannels(source: path, has: picture.channels, wanted: kind.channels)
    }
    guard picture.bits == kind.bits else {
      throw ImageError.otherDepth(
        source: path, has: picture.bits, wanted: "the first picture has \(kind.bits)")
    }
    guard kind.bits > 16 else {
      let sums = try counts.withUnsafeMutableBufferPointer {
        try picture.channelSums(histogram: $0.baseAddress)
      }
      return Values(sums: sums, nonFinite: 0, drawn: [])
    }
    return Values(
      sums: try picture.channelSums(), nonFinite: picture.nonFiniteCount,
      drawn: drawn(from: picture, draws, sample: sample))
  }

  /// The finite values of as many pixels, drawn with repetition; of all where there are no more.
  private static func drawn(from picture: Picture, _ draws: Int, sample: Int) -> [[Float]] {
    let (pixels, channels) = (picture.width * picture.height, picture.channels)
    var generator = KeyedGenerator(seed: 0, purpose: "pixel percentiles", sample)
    let places =
      pixels <= draws
      ? Array(0..<pixels) : (0..<draws).map { _ in generator.index(below: pixels) }
    return picture.withFloatPixels { values in
      (0..<channels).map { channel in
        places.map { values[$0 * channels + channel] }.filter(\.isFinite)
      }
    }
  }
}

/// Counts that several threads add to.
///
/// `@unchecked Sendable`: they are reached only while the lock is held.
private final class Histogram: @unchecked Sendable {
  private let lock = NSLock()
  private var sum: [UInt64] = []

  var counts: [UInt64] { lock.withLock { sum } }

  func add(_ counts: [UInt64]) {
    lock.withLock {
      if sum.isEmpty {
        sum = counts
      } else {
        for (index, count) in counts.enumerated() { sum[index] += count }
      }
    }
  }
}
