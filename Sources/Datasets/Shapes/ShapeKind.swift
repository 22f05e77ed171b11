import Foundation

/// The classes of the built-in set, chosen so that no two look alike at any rotation.
package enum ShapeKind: Int, CaseIterable, Sendable {
  case circle, square, triangle, diamond, star, cross, ring, crescent

  package var name: String { String(describing: self) }

  /// Signed distance from a point to the shape's edge, negative inside, in units of the shape's
  /// radius: each shape fits the unit circle around the origin and nearly fills it. Exact at the
  /// edge, where it is used, and a lower bound elsewhere.
  func distance(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .circle:
      return (x * x + y * y).squareRoot() - 1
    case .square:
      return max(abs(x), abs(y)) - 0.5.squareRoot()
    case .triangle:
      // Half-planes at distance ½ from the centre, normals 120° apart.
      return max(-y, 0.75.squareRoot() * abs(x) + 0.5 * y) - 0.5
    case .diamond:
      // A rhombus with diagonals 2 and 1.
      return (abs(x) * 2 + abs(y) - 1) / 5.0.squareRoot()
    case .star:
      return starDistance(x, y)
    case .cross:
      let (long, short) = (max(abs(x), abs(y)), min(abs(x), abs(y)))
      return max(long - 0.94, short - 0.3)
    case .ring:
      return abs((x * x + y * y).squareRoot() - 0.75) - 0.25
    case .crescent:
      let hole = ((x - 0.55) * (x - 0.55) + y * y).squareRoot() - 0.8
      return max((x * x + y * y).squareRoot() - 1, -hole)
    }
  }

  /// Five points: in the sector of one point, folded on its axis, the edge is the line from the tip
  /// (radius 1) to the notch (radius 0.42, 36° away).
  private func starDistance(_ x: Double, _ y: Double) -> Double {
    let sector = 2 * Double.pi / 5
    let turn = atan2(x, -y)
    let angle = abs(turn - (turn / sector).rounded() * sector)
    let radius = (x * x + y * y).squareRoot()
    let (px, py) = (radius * sin(angle), radius * cos(angle))
    let (notchX, notchY) = (0.42 * sin(sector / 2), 0.42 * cos(sector / 2))
    let (edgeX, edgeY) = (notchX, notchY - 1)
    let length = (edgeX * edgeX + edgeY * edgeY).squareRoot()
    return (edgeX * (py - 1) - edgeY * px) / length
  }
}
