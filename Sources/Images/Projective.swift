import Boxes

/// A map in perspective: `(x, y) ↦ affine(x, y) / (g·x + h·y + i)`, where the denominator is
/// positive; the points where it is 0 lie at infinity, and those beyond have no image.
///
/// Hartley, Zisserman: *Multiple View Geometry in Computer Vision*, 2nd edition 2004, §2.3.
public struct Projective: Hashable, Sendable {
  public var affine: Affine
  public var g = 0.0
  public var h = 0.0
  public var i = 1.0

  public init(_ affine: Affine, g: Double = 0, h: Double = 0, i: Double = 1) {
    (self.affine, self.g, self.h, self.i) = (affine, g, h, i)
  }

  public var isAffine: Bool { g == 0 && h == 0 && i == 1 }

  /// Meaningful where the denominator is positive.
  public func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    let (point, w) = (affine(x, y), g * x + h * y + i)
    return (point.x / w, point.y / w)
  }

  /// The smallest box around the image of `box`, or of the part of it that has one; empty where none
  /// has.
  public func callAsFunction(_ box: Box) -> Box {
    let points = Self.inFront(corners(of: box)).map { (x: $0.x / $0.w, y: $0.y / $0.w) }
    let x = points.map(\.x)
    let y = points.map(\.y)
    guard let left = x.min(), let right = x.max(), let top = y.min(), let bottom = y.max() else {
      return Box(left: 0, top: 0, right: 0, bottom: 0)
    }
    return Box(left: Float(left), top: Float(top), right: Float(right), bottom: Float(bottom))
  }

  /// An image before its division by `w`.
  private typealias Homogeneous = (x: Double, y: Double, w: Double)

  /// Around the box.
  private func corners(of box: Box) -> [Homogeneous] {
    [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
      .map { (x: Float, y: Float) in
        let (x, y) = (Double(x), Double(y))
        let point = affine(x, y)
        return (point.x, point.y, g * x + h * y + i)
      }
  }

  /// The part of a polygon with a positive denominator, cut a little before 0 (Sutherland and Hodgman:
  /// *Reentrant Polygon Clipping*, CACM 1974, for one plane).
  private static func inFront(_ corners: [Homogeneous]) -> [Homogeneous] {
    let least = 1e-6 * (corners.map { abs($0.w) }.max() ?? 0)
    guard corners.contains(where: { $0.w <= least }) else { return corners }
    var kept: [Homogeneous] = []
    for (index, corner) in corners.enumerated() {
      let next = corners[(index + 1) % corners.count]
      if corner.w > least { kept.append(corner) }
      if (corner.w > least) != (next.w > least) {
        let share = (least - corner.w) / (next.w - corner.w)
        kept.append(
          (
            corner.x + share * (next.x - corner.x), corner.y + share * (next.y - corner.y), least
          ))
      }
    }
    return kept
  }

  /// The map that applies `first` and then this one.
  public func after(_ first: Projective) -> Projective {
    let (p, q) = (affine, first.affine)
    return Projective(
      Affine(
        a: p.a * q.a + p.b * q.d + p.c * first.g, b: p.a * q.b + p.b * q.e + p.c * first.h,
        c: p.a * q.c + p.b * q.f + p.c * first.i,
        d: p.d * q.a + p.e * q.d + p.f * first.g, e: p.d * q.b + p.e * q.e + p.f * first.h,
        f: p.d * q.c + p.e * q.f + p.f * first.i),
      g: g * q.a + h * q.d + i * first.g, h: g * q.b + h * q.e + i * first.h,
      i: g * q.c + h * q.f + i * first.i)
  }

  /// Nil where the map squashes the plane onto a line. Its denominator is positive where this one's
  /// is.
  public var inverse: Projective? {
    let m = affine
    let determinant =
      m.a * (m.e * i - m.f * h) - m.b * (m.d * i - m.f * g) + m.c * (m.d * h - m.e * g)
    guard determinant != 0, determinant.isFinite else { return nil }
    return Projective(
      Affine(
        a: (m.e * i - m.f * h) / determinant, b: (m.c * h - m.b * i) / determinant,
        c: (m.b * m.f - m.c * m.e) / determinant,
        d: (m.f * g - m.d * i) / determinant, e: (m.a * i - m.c * g) / determinant,
        f: (m.c * m.d - m.a * m.f) / determinant),
      g: (m.d * h - m.e * g) / determinant, h: (m.b * g - m.a * h) / determinant,
      i: (m.a * m.e - m.b * m.d) / determinant)
  }

  /// The same map with a denominator of 1 at the origin, which must have an image.
  public var normalized: Projective {
    precondition(i > 0, "a map can be normalized where its origin has an image; i is \(i)")
    let m = affine
    return Projective(
      Affine(a: m.a / i, b: m.b / i, c: m.c / i, d: m.d / i, e: m.e / i, f: m.f / i),
      g: g / i, h: h / i)
  }
}
