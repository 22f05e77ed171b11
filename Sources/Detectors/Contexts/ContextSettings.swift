import Networks

/// What widens the view of the backbone's coarsest feature before the neck takes it.
package protocol Context: Codable, Hashable, Sendable {
  func callAsFunction(_ x: Value, norm: Norm) -> Value

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate() throws
}

/// Which such block a model has, whatever its backbone.
public enum ContextSettings: Hashable, Sendable {
  case none
  case pooled(PooledContext)
  case pooledFast(PooledFastContext)
  case atrous(AtrousContext)
  case receptiveField(ReceptiveFieldContext)
  case dilated(DilatedContext)

  package var context: (any Context)? {
    switch self {
    case .none: nil
    case .pooled(let context): context
    case .pooledFast(let context): context
    case .atrous(let context): context
    case .receptiveField(let context): context
    case .dilated(let context): context
    }
  }

  package static let blocks: [(name: String, settings: ContextSettings)] = [
    ("none", .none), ("spp", .pooled(PooledContext())), ("sppf", .pooledFast(PooledFastContext())),
    ("aspp", .atrous(AtrousContext())), ("rfb", .receptiveField(ReceptiveFieldContext())),
    ("dilated", .dilated(DilatedContext())),
  ]

  static var variants: [(name: String, defaults: any Encodable)] {
    blocks.map { ($0.name, $0.settings) }
  }
}

extension ContextSettings: Codable {
  public init(from decoder: any Decoder) throws {
    switch try decoder.variantName() {
    case "none": self = .none
    case "spp": self = .pooled(try PooledContext(from: decoder))
    case "sppf": self = .pooledFast(try PooledFastContext(from: decoder))
    case "aspp": self = .atrous(try AtrousContext(from: decoder))
    case "rfb": self = .receptiveField(try ReceptiveFieldContext(from: decoder))
    case "dilated": self = .dilated(try DilatedContext(from: decoder))
    case let name: throw decoder.unknownVariant(name, valid: Self.blocks.map(\.name))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .none: try encoder.encode(variant: "none", [String: Int]())
    case .pooled(let context): try encoder.encode(variant: "spp", context)
    case .pooledFast(let context): try encoder.encode(variant: "sppf", context)
    case .atrous(let context): try encoder.encode(variant: "aspp", context)
    case .receptiveField(let context): try encoder.encode(variant: "rfb", context)
    case .dilated(let context): try encoder.encode(variant: "dilated", context)
    }
  }
}
