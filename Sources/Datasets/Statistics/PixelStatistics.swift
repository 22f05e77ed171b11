import Foundation
import Images

/// What a split's pixels hold, channel by channel, in the pictures' own units: mean and deviation,
/// each picture counting the same, and percentiles over the pixels of all pictures.
///
/// Percentiles of 8 and 16 bits are exact: every value is counted. Those of floats are of a sample:
/// of each picture as many pixels as make up ``PixelStatistics/floatSample`` over all of them, drawn
/// with a key of their own.
package struct PixelStatistics: Sendable, Encodable {
  /// What `data stats` lists, of 100.
  package static let percents = [0.1, 1, 50, 99, 99.9]
  /// Pixels drawn from pictures of floats, all pictures together. A percentile's rank is then off by
  /// √(p (1 − p) / n): 0.02 of 100 at the 1st.
  package static let floatSample = 1 << 18

  /// Pictures that were decoded, of all there are, evenly spread over the split.
  package var decodedPictures = 0
  package var allPictures: Int
  /// Where a JPEG is large it is decoded at a half, quarter or eighth of its size; shorter sides stay
  /// at least this long.
  package var minimumSide = PixelStatistics.minimumSide
  /// Of the first picture that can be read; others are left out, and said. Gray and RGBA count as
  /// RGB. Nil where no picture was decoded, like everything that follows.
  package var channels: Int?
  /// 8, 16, or 32 of floats.
  package var bits: Int?
  package var mean: [Double]?
  package var deviation: [Double]?
  /// Of each decoded picture, 0 to 255: by ITU-R BT.601's weights of its mean colours.
  var brightness: [Double] = []
  package var minimum: [Double]?
  package var maximum: [Double]?
  /// For each channel those of ``percents``; between two values in proportion to the rank
  /// `percent / 100 · (count − 1)`.
  package var percentiles: [[Double]]?
  package var percents: [Double]
  /// Values of floats that are NaN or infinite; they are in none of the figures.
  package var nonFiniteValues = 0
  package var nonFinitePictures = 0
  /// Sentences on pictures that cannot be decoded, or are of another kind than the first.
  package var failures: [String] = []

  private static let minimumSide = 160

  private enum CodingKeys: String, CodingKey {
    case decodedPictures, allPictures, minimumSide, channels, bits, mean, deviation, minimum
    case maximum, percentiles, percents, nonFiniteValues, nonFinitePictures, failures
  }

  /// Evenly spread pictures.
  ///
  /// - Parameter limit: the most pictures to decode.
  package init(_ samples: [Sample], limit: Int, channels: Int? = nil) {
    let count = min(max(0, limit), samples.count)
    let chosen = (0..<count).map { $0 * samples.count / count }
    self.init(samples, chosen: chosen, channels: channels)
  }

  /// - Parameters:
  ///   - chosen: indices of the pictures to decode.
  ///   - channels: that pictures are decoded to; nil: see ``channels``.
  package init(
    _ samples: [Sample], chosen: [Int], channels: Int? = nil,
    percents: [Double] = PixelStatistics.percents
  ) {
    allPictures = samples.count
    self.percents = percents
    guard let kind = Kind(samples, chosen, channels: channels) else {
      failures = chosen.compactMap { index in
        do {
          _ = try Picture.probe(path: samples[index].path)
          return nil
        } catch { return "\(error)" }
      }
      return
    }
    let survey = PixelSurvey(samples, chosen, kind, minimumSide: Self.minimumSide)
    add(survey, kind)
  }

  private mutating func add(_ survey: PixelSurvey, _ kind: Kind) {
    var pictures: [PixelSurvey.Values] = []
    for result in survey.results {
      switch result {
      case .success(let values): pictures.append(values)
      case .failure(let error): failures.append("\(error)")
      }
    }
    decodedPictures = pictures.count
    guard !pictures.isEmpty else { return }
    // Floats have no white.
    let white = kind.bits > 16 ? nil : Double((1 << kind.bits) - 1)
    brightness = white.map { white in pictures.map { $0.brightness * 255 / white } } ?? []
    (channels, bits) = (kind.channels, kind.bits)
    nonFiniteValues = pictures.reduce(0) { $0 + $1.nonFinite }
    nonFinitePictures = pictures.count { $0.nonFinite > 0 }
    let first = (0..<kind.channels).map { average(pictures, $0) { $0.sum / Double($0.count) } }
    let second = (0..<kind.channels).map {
      average(pictures, $0) { $0.squareSum / Double($0.count) }
    }
    mean = first
    deviation = zip(first, second).map { max(0, $1 - $0 * $0).squareRoot() }
    minimum = (0..<kind.channels).map { channel in
      pictures.map { $0.sums[channel] }.filter { $0.count > 0 }.map(\.minimum).min() ?? 0
    }
    maximum = (0..<kind.channels).map { channel in
      pictures.map { $0.sums[channel] }.filter { $0.count > 0 }.map(\.maximum).max() ?? 0
    }
    percentiles = (0..<kind.channels).map { channel in
      guard kind.bits <= 16 else {
        let drawn = pictures.flatMap { $0.drawn[channel] }.sorted()
        return percents.map { Self.percentile($0, count: drawn.count) { Double(drawn[$0]) } }
      }
      let counts = survey.counts(channel)
      let total = counts.reduce(0, +)
      return percents.map { percent in
        Self.percentile(percent, count: Int(total)) { Self.value(rank: $0, in: counts) }
      }
    }
  }

  /// Over the pictures that have values in the channel, in order.
  private func average(
    _ pictures: [PixelSurvey.Values], _ channel: Int, _ value: (ChannelSums) -> Double
  ) -> Double {
    let all = pictures.map { $0.sums[channel] }.filter { $0.count > 0 }
    return all.isEmpty ? 0 : all.reduce(0) { $0 + value($1) } / Double(all.count)
  }

  private static func percentile(_ percent: Double, count: Int, _ value: (Int) -> Double)
    -> Double
  {
    guard count > 0 else { return 0 }
    let rank = percent / 100 * Double(count - 1)
    let lower = Int(rank.rounded(.down))
    let (a, b) = (value(lower), value(min(lower + 1, count - 1)))
    return a + (b - a) * (rank - Double(lower))
  }

  /// The value that stands at a rank of all of them in order.
  private static func value(rank: Int, in counts: [UInt64]) -> Double {
    var seen = 0
    for (value, count) in counts.enumerated() {
      seen += Int(count)
      if seen > rank { return Double(value) }
    }
    return Double(counts.count - 1)
  }
}

extension PixelStatistics {
  /// What kind of pictures are counted together.
  struct Kind: Sendable {
    var channels: Int
    /// 8, 16, or 32 of floats.
    var bits: Int

    /// Of the first picture whose header can be read.
    init?(_ samples: [Sample], _ chosen: [Int], channels: Int?) {
      for index in chosen {
        guard let info = try? Picture.probe(path: samples[index].path) else { continue }
        let isPhotograph = [1, 3, 4].contains(info.channels)
        self.channels = channels ?? (isPhotograph ? 3 : info.channels)
        bits = info.bits
        return
      }
      return nil
    }
  }
}
