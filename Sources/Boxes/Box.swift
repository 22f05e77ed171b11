/// An axis-aligned rectangle in pixels, half-open: it covers `left ..< right` and `top ..< bottom`.
///
/// Pixel (i, j) covers `i ..< i + 1`, so its centre lies at `i + ½`.
public struct Box: Hashable, Sendable, Codable {
  public var left: Float
  public var top: Float
  public var right: Float
  public var bottom: Float

  public init(left: Float, top: Float, right: Float, bottom: Float) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  public init(centerX: Float, centerY: Float, width: Float, height: Float) {
    self.init(
      left: centerX - width / 2, top: centerY - height / 2,
      right: centerX + width / 2, bottom: centerY + height / 2)
  }

  public var width: Float { right - left }
  public var height: Float { bottom - top }
  public var centerX: Float { (left + right) / 2 }
  public var centerY: Float { (top + bottom) / 2 }

  /// Zero for a box that is inverted along either axis.
  public var area: Float { max(0, width) * max(0, height) }

  /// The part of the box inside `bounds`; of no area where they do not meet.
  public func clipped(to bounds: Box) -> Box {
    let left = min(max(left, bounds.left), bounds.right)
    let top = min(max(top, bounds.top), bounds.bottom)
    return Box(
      left: left, top: top,
      right: max(left, min(right, bounds.right)), bottom: max(top, min(bottom, bounds.bottom)))
  }
}
