import Networks

/// The part of a detector that turns a picture into features of several strides.
package protocol Backbone: Codable, Hashable, Sendable {
  /// Pixels of the input to a cell of each result, ascending.
  var strides: [Int] { get }

  func callAsFunction(_ image: Value) -> [Value]

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate() throws
}

/// Which backbone a model has.
public enum BackboneSettings: Hashable, Sendable {
  case crossStage(CrossStageBackbone)
  case residual(ResidualBackbone)

  package var backbone: any Backbone {
    switch self {
    case .crossStage(let backbone): backbone
    case .residual(let backbone): backbone
    }
  }

  static var variants: [(name: String, defaults: any Encodable)] {
    [
      ("crossStage", BackboneSettings.crossStage(CrossStageBackbone())),
      ("residual", BackboneSettings.residual(ResidualBackbone())),
    ]
  }
}

extension BackboneSettings: Codable {
  public init(from decoder: any Decoder) throws {
    switch try decoder.variantName() {
    case "crossStage": self = .crossStage(try CrossStageBackbone(from: decoder))
    case "residual": self = .residual(try ResidualBackbone(from: decoder))
    case let name: throw decoder.unknownVariant(name, valid: Self.variants.map(\.name))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .crossStage(let backbone): try encoder.encode(variant: "crossStage", backbone)
    case .residual(let backbone): try encoder.encode(variant: "residual", backbone)
    }
  }
}

/// - Throws: ``SettingsError/contradiction(key:reason:)``.
func requireNotNegative(_ values: [Int], key: String) throws {
  if let wrong = values.first(where: { $0 < 0 }) {
    throw SettingsError.contradiction(key: key, reason: "must not be negative, got \(wrong)")
  }
}

/// - Throws: ``SettingsError/contradiction(key:reason:)``.
func requirePositive(_ values: [Int], key: String) throws {
  if let wrong = values.first(where: { $0 < 1 }) {
    throw SettingsError.contradiction(key: key, reason: "must be positive, got \(wrong)")
  }
}
