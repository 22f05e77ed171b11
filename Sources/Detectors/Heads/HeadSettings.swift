/// Which head a model has.
public enum HeadSettings: Hashable, Sendable {
  case point(PointHead)
  case anchor(AnchorHead)
  case twoStage(TwoStageHead)

  package var head: any DetectionHead {
    switch self {
    case .point(let head): head
    case .anchor(let head): head
    case .twoStage(let head): head
    }
  }

  static var variants: [(name: String, defaults: any Encodable)] {
    [
      ("point", HeadSettings.point(PointHead())),
      ("anchor", HeadSettings.anchor(AnchorHead())),
      ("twoStage", HeadSettings.twoStage(TwoStageHead())),
    ]
  }
}

extension HeadSettings: Codable {
  public init(from decoder: any Decoder) throws {
    switch try decoder.variantName() {
    case "point": self = .point(try PointHead(from: decoder))
    case "anchor": self = .anchor(try AnchorHead(from: decoder))
    case "twoStage": self = .twoStage(try TwoStageHead(from: decoder))
    case let name: throw decoder.unknownVariant(name, valid: Self.variants.map(\.name))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .point(let head): try encoder.encode(variant: "point", head)
    case .anchor(let head): try encoder.encode(variant: "anchor", head)
    case .twoStage(let head): try encoder.encode(variant: "twoStage", head)
    }
  }
}
