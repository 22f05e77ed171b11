/// The least, middle and greatest of some numbers, and their mean.
package struct ValueSummary: Hashable, Sendable, Encodable {
  package var minimum: Double
  /// Of an even number of values the mean of the middle two.
  package var median: Double
  package var mean: Double
  package var maximum: Double

  /// Nil without values.
  package init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let middle = sorted.count / 2
    minimum = first
    maximum = last
    mean = values.reduce(0, +) / Double(values.count)
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
