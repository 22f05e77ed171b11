/// Sides of the network's input, pixels.
public struct CanvasSize: Hashable, Sendable, Codable {
  public var width: Int
  public var height: Int

  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a canvas needs positive sides, got \(width)×\(height)")
    self.width = width
    self.height = height
  }

  public init(side: Int) { self.init(width: side, height: side) }

  public var area: Int { width * height }
}
