import Networks

/// Receptive fields are the same question asked along height and along width.
package enum Axis: CaseIterable, Sendable {
  case vertical, horizontal

  func extent(_ shape: Shape) -> Int { self == .vertical ? shape.height : shape.width }

  func along(_ extent: Extent) -> Int { self == .vertical ? extent.height : extent.width }

  /// Cells added before the first one.
  func leading(_ padding: Padding) -> Int { self == .vertical ? padding.top : padding.left }

  /// Cells added after the last one.
  func trailing(_ padding: Padding) -> Int { self == .vertical ? padding.bottom : padding.right }
}

/// A number along each axis; in JSON `[vertical, horizontal]`.
package struct AxisPair: Hashable, Sendable, Codable {
  package var vertical: Double
  package var horizontal: Double

  package init(_ vertical: Double, _ horizontal: Double) {
    self.vertical = vertical
    self.horizontal = horizontal
  }

  package init(_ body: (Axis) -> Rational) {
    self.init(body(.vertical).value, body(.horizontal).value)
  }

  init(cells body: (Axis) -> Int) {
    self.init(Double(body(.vertical)), Double(body(.horizontal)))
  }

  package init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    vertical = try container.decode(Double.self)
    horizontal = try container.decode(Double.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(vertical)
    try container.encode(horizontal)
  }

  package subscript(axis: Axis) -> Double { axis == .vertical ? vertical : horizontal }

  package var largest: Double { max(vertical, horizontal) }

  /// √(vertical · horizontal): the side of the square of the same area.
  package var side: Double { (vertical * horizontal).squareRoot() }
}
