import Boxes

extension AnchorShapes {
  /// Whether all levels have the same number of anchors.
  var hasEqualCounts: Bool { Set(sizes.map(\.count)).count <= 1 }

  /// - Parameter key: of the anchors in settings.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(levels: Int, key: String) throws {
    let check = SettingsCheck(key)
    guard !sizes.isEmpty else {
      try check.positive(["base": base])
      try check.positive(["scales": scales, "ratios": ratios])
      return
    }
    try check.require(
      sizes.count == levels, "sizes",
      "needs a list of anchors for each of the \(levels) strides, got \(sizes.count)")
    try check.require(
      sizes.allSatisfy { !$0.isEmpty }, "sizes", "must give every level an anchor at least")
    try check.positive(["sizes": sizes.joined().flatMap { [$0.width, $0.height] }])
  }
}

extension BoxCoding {
  /// - Parameter key: of the coding in settings.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(key: String) throws {
    let check = SettingsCheck(key)
    try check.require(weights.count == 4, "weights", "needs 4 entries, got \(weights.count)")
    try check.positive(["weights": weights])
  }
}
