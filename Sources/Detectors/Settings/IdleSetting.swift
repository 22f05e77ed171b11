import Boxes
import Networks

/// A setting that others leave without effect: a mistake where somebody wrote it, but not where it is a
/// default.
package struct IdleSetting: Hashable, Sendable {
  /// Dotted, from the model on; what lies below it is idle too.
  var key: String
  /// Which setting makes it so, as YAML has it: `pooling: maximum`.
  var cause: String

  /// - Parameter isIdle: whether `cause` holds.
  static func all(_ keys: [String], of part: String, _ cause: String, if isIdle: Bool)
    -> [IdleSetting]
  {
    isIdle ? keys.map { IdleSetting(key: "\(part).\($0)", cause: cause) } : []
  }

  /// - Parameter written: keys that the YAML names.
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` of the first that was written.
  static func refuse(_ settings: [IdleSetting], writtenIn written: Set<String>) throws {
    guard let idle = settings.first(where: { written.contains($0.key) }) else { return }
    throw SettingsError.contradiction(
      key: idle.key, reason: "has no effect with \(idle.cause); remove it")
  }
}

extension NormSettings {
  func idle(key: String) -> [IdleSetting] {
    guard case .group(let norm) = layer, case .groups(let count) = norm.grouping else { return [] }
    return IdleSetting.all(["channels"], of: key, "groups: \(count)", if: true)
  }
}

extension AttentionSettings {
  func idle(key: String) -> [IdleSetting] {
    guard case .selectiveKernel(let layer) = block else { return [] }
    return IdleSetting.all(
      ["reduction", "minimumHidden"], of: key, "branches: 1", if: layer.branches == 1)
  }
}

extension AnchorShapes {
  func idle(key: String) -> [IdleSetting] {
    IdleSetting.all(["base", "scales", "ratios"], of: key, "sizes", if: !sizes.isEmpty)
  }
}

extension BoxLoss {
  func idle(of part: String) -> [IdleSetting] {
    IdleSetting.all(["smoothL1Beta"], of: part, "boxLoss: \(rawValue)", if: self != .smoothL1)
  }
}

extension ClassificationLoss {
  func idle(key: String) -> [IdleSetting] {
    let readers: [(kind: Kind, keys: [String])] = [
      (.focal, ["alpha", "gamma"]), (.quality, ["qualityGamma"]),
      (.varifocal, ["varifocalAlpha", "varifocalGamma"]),
      (.tversky, ["tverskyAlpha", "tverskyBeta"]),
    ]
    return readers.flatMap {
      IdleSetting.all($0.keys, of: key, "kind: \(kind.rawValue)", if: $0.kind != kind)
    }
  }
}
