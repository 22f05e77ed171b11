import Boxes

/// `(x, y) ↦ (a·x + b·y + c, d·x + e·y + f)`; the identity unless stated otherwise.
public struct Affine: Hashable, Sendable, Codable {
  public var a = 1.0
  public var b = 0.0
  public var c = 0.0
  public var d = 0.0
  public var e = 1.0
  public var f = 0.0

  public init() {}

  public init(a: Double, b: Double, c: Double, d: Double, e: Double, f: Double) {
    (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
  }

  /// `(x, y) ↦ (sx·x, sy·y)`.
  public static func scale(_ x: Double, _ y: Double) -> Affine {
    Affine(a: x, b: 0, c: 0, d: 0, e: y, f: 0)
  }

  public static func scale(_ both: Double) -> Affine { scale(both, both) }

  public static func translation(_ x: Double, _ y: Double) -> Affine {
    Affine(a: 1, b: 0, c: x, d: 0, e: 1, f: y)
  }

  /// Around the origin by `cosine` and `sine` of the angle, clockwise as seen, y pointing down.
  public static func rotation(cosine: Double, sine: Double) -> Affine {
    Affine(a: cosine, b: -sine, c: 0, d: sine, e: cosine, f: 0)
  }

  /// Mirrors a picture of the given width: `(x, y) ↦ (width − x, y)`.
  public static func horizontalFlip(width: Double) -> Affine {
    Affine(a: -1, b: 0, c: width, d: 0, e: 1, f: 0)
  }

  public func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (a * x + b * y + c, d * x + e * y + f)
  }

  /// The smallest box around the image of `box`.
  public func callAsFunction(_ box: Box) -> Box {
    let (left, right) = (Double(box.left), Double(box.right))
    let (top, bottom) = (Double(box.top), Double(box.bottom))
    let corners = [self(left, top), self(right, top), self(left, bottom), self(right, bottom)]
    let x = corners.map(\.x)
    let y = corners.map(\.y)
    return Box(
      left: Float(x.min()!), top: Float(y.min()!), right: Float(x.max()!), bottom: Float(y.max()!))
  }

  /// The map that applies `first` and then this one.
  public func after(_ first: Affine) -> Affine {
    Affine(
      a: a * first.a + b * first.d, b: a * first.b + b * first.e,
      c: a * first.c + b * first.f + c,
      d: d * first.a + e * first.d, e: d * first.b + e * first.e,
      f: d * first.c + e * first.f + f)
  }

  /// How many times areas grow; negative where the map mirrors.
  public var determinant: Double { a * e - b * d }

  /// Nil where the map squashes the plane onto a line.
  public var inverse: Affine? {
    let determinant = determinant
    guard determinant != 0, determinant.isFinite else { return nil }
    let (ia, ib, id, ie) = (
      e / determinant, -b / determinant, -d / determinant, a / determinant
    )
    return Affine(a: ia, b: ib, c: -(ia * c + ib * f), d: id, e: ie, f: -(id * c + ie * f))
  }
}
