/// What would stand in a part's blocks.
struct BlockPlaces {
  var attention: AttentionSettings
  var drop: DropSettings

  /// - Parameters:
  ///   - key: of the part.
  ///   - reason: why there are no blocks.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func requireNone(key: String, reason: String) throws {
    let kept: String? =
      if attention.ofBlocks != nil {
        "attention.inBlocks"
      } else if drop.ofBlocks != nil {
        "drop.type"
      } else {
        nil
      }
    guard let kept else { return }
    throw SettingsError.contradiction(
      key: "\(key).\(kept)", reason: "needs blocks to stand in, and \(reason)")
  }
}
