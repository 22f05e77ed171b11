/// - Throws: ``DatasetError/invalidSetting(key:value:expected:)`` for a number out of its range.
func requireSetting(_ key: String, _ value: Double, in range: ClosedRange<Double>) throws {
  guard range.contains(value) else {
    throw DatasetError.invalidSetting(
      key: key, value: value,
      expected: "a number from \(range.lowerBound) to \(range.upperBound)")
  }
}
