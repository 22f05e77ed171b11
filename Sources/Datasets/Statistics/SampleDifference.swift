import Foundation

/// Whether two samples come from one distribution: the two-sample Kolmogorov–Smirnov test.
///
/// The effect's size is the statistic D itself, the largest distance between the two cumulative
/// distributions. Its probability is that of `(√n + 0.12 + 0.11/√n) D` in Kolmogorov's distribution,
/// `n = n₁n₂ / (n₁ + n₂)`: Stephens: *Use of the Kolmogorov–Smirnov, Cramér–von Mises and Related
/// Statistics Without Extensive Tables*, JRSS B 1970. Where values come in clusters, each n is divided
/// by the design effect of the mean (Kish: *Survey Sampling*, 1965, §5.4), since alike neighbours say
/// less than strangers.
package struct SampleDifference: Hashable, Sendable, Encodable {
  /// D, 0 … 1.
  package var effect: Double
  package var probability: Double
  /// How far the one distribution must be moved on average to become the other, in the values' unit:
  /// the area between the two cumulative distributions. Vallender: *Calculation of the Wasserstein
  /// Distance Between Probability Distributions on the Line*, 1974.
  package var shift: Double
  package var medians: [Double]
  /// By how much clustered values count less than independent ones; at least 1.
  package var designEffects: [Double]

  /// Independent values; nil where one sample is empty.
  package init?(_ left: [Double], _ right: [Double]) {
    self.init(clusters: left.map { [$0] }, right.map { [$0] })
  }

  /// Values in clusters, such as objects in pictures; nil where one sample is empty.
  package init?(clusters left: [[Double]], _ right: [[Double]]) {
    let samples = [left, right].map { $0.joined().sorted() }
    guard samples.allSatisfy({ !$0.isEmpty }) else { return nil }
    effect = Self.distance(samples[0], samples[1])
    shift = Self.shift(samples[0], samples[1])
    medians = samples.map { ($0[($0.count - 1) / 2] + $0[$0.count / 2]) / 2 }
    designEffects = [left, right].map(Self.designEffect)
    let counts = zip(samples, designEffects).map { Double($0.count) / $1 }
    let root = (counts[0] * counts[1] / (counts[0] + counts[1])).squareRoot()
    probability = Distributions.kolmogorovTail((root + 0.12 + 0.11 / root) * effect)
  }

  /// Of two sorted samples, the largest difference between the shares up to any value.
  private static func distance(_ left: [Double], _ right: [Double]) -> Double {
    var (i, j, largest) = (0, 0, 0.0)
    while i < left.count, j < right.count {
      let value = min(left[i], right[j])
      while i < left.count, left[i] == value { i += 1 }
      while j < right.count, right[j] == value { j += 1 }
      largest = max(
        largest, abs(Double(i) / Double(left.count) - Double(j) / Double(right.count)))
    }
    return largest
  }

  /// Of two sorted samples, the area between the shares up to each value.
  private static func shift(_ left: [Double], _ right: [Double]) -> Double {
    var (i, j, area) = (0, 0, 0.0)
    var last = min(left[0], right[0])
    while i < left.count || j < right.count {
      let value = min(
        i < left.count ? left[i] : .infinity, j < right.count ? right[j] : .infinity)
      let gap = Double(i) / Double(left.count) - Double(j) / Double(right.count)
      area += abs(gap) * (value - last)
      while i < left.count, left[i] == value { i += 1 }
      while j < right.count, right[j] == value { j += 1 }
      last = value
    }
    return area
  }

  /// Variance of the mean of logarithms as clusters have it, over that of as many independent values.
  private static func designEffect(_ clusters: [[Double]]) -> Double {
    let clusters = clusters.filter { !$0.isEmpty }
    let count = Double(clusters.reduce(0) { $0 + $1.count })
    guard clusters.count > 1, Double(clusters.count) < count else { return 1 }
    let values = clusters.map { $0.map { log(max($0, 1e-9)) } }
    let mean = values.joined().reduce(0, +) / count
    var (within, between) = (0.0, 0.0)
    for cluster in values {
      let residuals = cluster.map { $0 - mean }
      within += residuals.reduce(0) { $0 + $1 * $1 }
      let sum = residuals.reduce(0, +)
      between += sum * sum
    }
    guard within > 0 else { return 1 }
    let number = Double(clusters.count)
    return max(1, number / (number - 1) * between / within * (count - 1) / count)
  }
}
