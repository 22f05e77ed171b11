import Boxes

extension AnchorShapes {
  /// Whether all levels have the same number of anchors.
  var hasEqualCounts: Bool { Set(sizes.map(\.count)).count <= 1 }

  /// - Parameter key: of the anchors in settings.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(levels: Int, key: String) throws {
    guard sizes.isEmpty || sizes.count == levels else {
      throw SettingsError.contradiction(
        key: "\(key).sizes",
        reason: "needs a list of anchors for each of the \(levels) strides, got \(sizes.count)")
    }
    guard (0..<levels).allSatisfy({ countPerCell(level: $0) > 0 }) else {
      throw SettingsError.contradiction(
        key: key, reason: "must give every level an anchor at least")
    }
    let sides = sizes.joined().flatMap { [$0.width, $0.height] }
    guard sides.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw SettingsError.contradiction(
        key: "\(key).sizes", reason: "must have widths and heights above 0")
    }
  }
}
