import Images
import RandomNumbers

/// A normalisation measured on a split's pictures, and what is to be said about it.
package struct MeasuredNormalization: Sendable {
  /// How it is to be measured.
  package struct Request: Sendable {
    package var kind: Normalization.Kind
    /// Of 100, with ``Normalization/Kind/percentile``.
    package var low = 1.0
    package var high = 99.0
    /// That the network takes.
    package var channels = 3
    /// The most pictures to read; 0: all.
    package var limit = 0
    /// Of the draw of pictures where there are more.
    package var seed: UInt64 = 0

    package init(_ kind: Normalization.Kind) { self.kind = kind }
  }

  package let normalization: Normalization
  package private(set) var notes: [String] = []
  package private(set) var warnings: [String] = []

  /// - Throws: ``DatasetError/noUsablePicture(first:)``.
  package init(_ request: Request, _ dataset: Dataset) throws {
    guard request.kind != .linear else {
      normalization = .linear
      return
    }
    let chosen = Self.chosen(dataset.count, request)
    let statistics = PixelStatistics(
      dataset.samples, chosen: chosen, channels: request.channels,
      percents: [request.low, request.high])
    guard let made = Self.normalization(request.kind, statistics) else {
      throw DatasetError.noUsablePicture(first: statistics.failures.first ?? "unknown")
    }
    normalization = made
    let share = request.kind == .percentile ? " \(request.low) and \(request.high)" : ""
    notes = [
      "normalization \(request.kind.rawValue)\(share), measured on \(statistics.decodedPictures) of "
        + "\(dataset.count) training pictures: \(made)"
    ]
    warn(statistics)
  }

  private mutating func warn(_ statistics: PixelStatistics) {
    if let first = statistics.failures.first {
      warnings.append(
        "\(statistics.failures.count) pictures are not in the normalization, the first: \(first)")
    }
    if statistics.nonFiniteValues > 0 {
      warnings.append(
        "\(statistics.nonFiniteValues) values in \(statistics.nonFinitePictures) of these pictures "
          + "are NaN or infinite: not measured, and taken as the channel's lowest")
    }
    for channel in normalization.emptyChannels {
      let reason =
        normalization.kind == .percentile
        ? "both percentiles are the same; give others that lie further apart"
        : "all its values are the same"
      warnings.append("channel \(channel + 1) tells the network nothing: \(reason)")
    }
  }

  /// All, or so many drawn from them, in the data set's order.
  private static func chosen(_ count: Int, _ request: Request) -> [Int] {
    guard request.limit > 0, request.limit < count else { return Array(0..<count) }
    var generator = KeyedGenerator(seed: request.seed, purpose: "normalization")
    return generator.permutation(count).prefix(request.limit).sorted()
  }

  private static func normalization(_ kind: Normalization.Kind, _ statistics: PixelStatistics)
    -> Normalization?
  {
    guard let bits = statistics.bits, let mean = statistics.mean,
      let deviation = statistics.deviation, let minimum = statistics.minimum,
      let maximum = statistics.maximum, let percentiles = statistics.percentiles
    else { return nil }
    guard kind == .percentile else {
      return .standard(
        mean: mean, deviation: deviation, minimum: minimum, maximum: maximum, bits: bits)
    }
    return .percentile(low: percentiles.map { $0[0] }, high: percentiles.map { $0[1] }, bits: bits)
  }
}
