import TestSupport

/// What a golden file keeps of a tensor (`benchmarks/golden/counter.py`).
struct Digest: Decodable, Sendable {
  let shape: [Int]
  let sum: Double
  /// With the counter tensor named "probe".
  let dot: Double
  let first: [Double]

  /// The largest deviation: of a single value relative to the largest, of a sum relative to the sum
  /// of magnitudes. Infinite for a tensor of another size.
  func error(of values: [Double]) -> Double {
    guard values.count == shape.reduce(1, *) else { return .infinity }
    let probe = counterValues(name: "probe", count: values.count)
    let magnitudes = values.map(abs)
    let total = max(magnitudes.reduce(0, +), .leastNormalMagnitude)
    let largest = max(magnitudes.max() ?? 0, .leastNormalMagnitude)
    var errors = zip(values, first).map { abs($0 - $1) / largest }
    errors.append(abs(values.reduce(0, +) - sum) / total)
    errors.append(abs(zip(values, probe).map { $0 * $1 }.reduce(0, +) - dot) / total)
    return errors.allSatisfy(\.isFinite) ? errors.max()! : .infinity
  }

  /// Whether both tensors are nothing but rounding errors beside numbers of this size.
  func isRounding(_ values: [Double], beside largest: Double) -> Bool {
    let bound = 1e-10 * largest
    let count = Double(shape.reduce(1, *))
    return values.allSatisfy { abs($0) < bound } && first.allSatisfy { abs($0) < bound }
      && abs(sum) < count * bound && abs(dot) < count * bound
  }
}
