import Foundation

/// Counts along a logarithmic axis, four bins to each doubling.
///
/// Bin `b` holds values in `2^(b/4) ..< 2^((b+1)/4)`.
package struct LogHistogram: Hashable, Sendable, Encodable {
  package static let binsPerOctave = 4

  package struct Bin: Hashable, Sendable, Encodable {
    package var low: Double
    package var high: Double
    package var count: Int
  }

  /// From the first bin that holds anything to the last.
  package private(set) var bins: [Bin]

  /// - Parameter values: positive.
  package init(_ values: [Double]) {
    var counts: [Int: Int] = [:]
    for value in values { counts[Self.index(value), default: 0] += 1 }
    guard let first = counts.keys.min(), let last = counts.keys.max() else {
      bins = []
      return
    }
    bins = (first...last).map {
      Bin(low: Self.edge($0), high: Self.edge($0 + 1), count: counts[$0] ?? 0)
    }
  }

  package func encode(to encoder: any Encoder) throws { try bins.encode(to: encoder) }

  /// Edges are met exactly: rounding in the logarithm must not move a power of two.
  private static func index(_ value: Double) -> Int {
    let index = Int((Double(binsPerOctave) * log2(value)).rounded(.down))
    if value >= edge(index + 1) { return index + 1 }
    return value < edge(index) ? index - 1 : index
  }

  private static func edge(_ index: Int) -> Double { pow(2, Double(index) / Double(binsPerOctave)) }
}
