/// Width and height of an anchor in pixels of the network's input; in settings `[width, height]`.
public struct AnchorSize: Hashable, Sendable {
  public var width: Float
  public var height: Float

  public init(width: Float, height: Float) {
    self.width = width
    self.height = height
  }

  public var area: Float { width * height }
  /// Height over width.
  public var aspect: Float { height / width }
}

extension AnchorSize: Codable {
  public init(from decoder: any Decoder) throws {
    let sides = try decoder.singleValueContainer().decode([Float].self)
    guard sides.count == 2 else {
      throw DecodingError.typeMismatch(
        AnchorSize.self,
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "\(sides.count) numbers"))
    }
    self.init(width: sides[0], height: sides[1])
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode([width, height])
  }
}
