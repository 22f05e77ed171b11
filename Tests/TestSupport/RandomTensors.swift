import RandomNumbers

/// Numbers drawn uniformly from `range`, the same for the same seed and purpose.
public func randomValues<Scalar: BinaryFloatingPoint>(
  _ count: Int, seed: UInt64 = 0, purpose: String = "test", in range: ClosedRange<Double> = -1...1
) -> [Scalar] {
  var generator = KeyedGenerator(seed: seed, purpose: purpose)
  return (0..<count).map { _ in Scalar(generator.uniform(range.lowerBound, range.upperBound)) }
}
