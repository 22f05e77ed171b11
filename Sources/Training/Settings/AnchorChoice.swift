/// Which anchors an anchor head has.
public enum AnchorChoice: String, Codable, Hashable, Sendable, CaseIterable {
  /// As the model's settings give them.
  case model
  /// Made of the training split's objects.
  case auto
}

extension AnchorChoice: SettingValue {}
