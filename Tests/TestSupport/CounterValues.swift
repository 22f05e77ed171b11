/// A number in [−1, 1) that depends on a tensor's name and an element's place alone, so that two
/// programs get the same tensors without exchanging them (`benchmarks/golden/counter.py` is the
/// other side).
///
/// With `h` the 64-bit FNV-1a hash of the name's UTF-8 and `m` SplitMix64's finaliser, the value is
/// `(m(h + (index + 1)·0x9E3779B97F4A7C15) >> 40) / 2²³ − 1`: 24 bits, exact in Float too.
///
/// Fowler, Noll, Vo: RFC 9923, §2. Steele, Lea, Flood: *Fast Splittable Pseudorandom Number
/// Generators*, OOPSLA 2014, figure 16.
package func counterValue(name: String, index: Int) -> Double {
  counterValue(hash: nameHash(name), index: index)
}

/// The first `count` values of ``counterValue(name:index:)``.
package func counterValues(name: String, count: Int) -> [Double] {
  let hash = nameHash(name)
  return (0..<count).map { counterValue(hash: hash, index: $0) }
}

/// A parameter or buffer of sensible size: `v` being the counter's values,
/// - weights of matrices and filters: `v·√(6 / fanIn)`, the fan-in being the product of all extents
///   but the first (He's uniform distribution);
/// - other weights, those of norms: `1 + v / 4`;
/// - biases and running means: `v / 4`;
/// - running variances: `1 + v / 2`.
package func counterTensor(name: String, shape: [Int]) -> [Double] {
  let values = counterValues(name: name, count: shape.reduce(1, *))
  switch name.split(separator: ".").last {
  case "weight" where shape.count > 1:
    let scale = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    return values.map { $0 * scale }
  case "weight": return values.map { 1 + $0 / 4 }
  case "bias", "running_mean": return values.map { $0 / 4 }
  case "running_var": return values.map { 1 + $0 / 2 }
  default: return values
  }
}

private func nameHash(_ name: String) -> UInt64 {
  name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

private func counterValue(hash: UInt64, index: Int) -> Double {
  var z = hash &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  z ^= z >> 31
  return Double(z >> 40) * 0x1p-23 - 1
}
