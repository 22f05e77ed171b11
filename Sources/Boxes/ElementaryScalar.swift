import Glibc

/// A floating-point scalar with the elementary functions that losses and overlaps need, so that a
/// formula is written once: `Float` trains, `Double` checks.
public protocol ElementaryScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  static func exponential(_ x: Self) -> Self
  static func logarithm(_ x: Self) -> Self
  /// `log(1 + x)`, accurate near zero.
  static func logarithmOnePlus(_ x: Self) -> Self
  static func power(_ base: Self, _ exponent: Self) -> Self
  /// The angle of the point (x, y) from the x axis; 0 at the origin.
  static func arcTangent(y: Self, x: Self) -> Self
}

extension Float: ElementaryScalar {
  public static func exponential(_ x: Float) -> Float { expf(x) }
  public static func logarithm(_ x: Float) -> Float { logf(x) }

  /// Corrects the rounding of `1 + x` by the ratio of x to what was added; the library's `log1pf`
  /// takes several times as long. Kahan's method: Goldberg: *What Every Computer Scientist Should
  /// Know About Floating-Point Arithmetic*, ACM Computing Surveys 1991, theorem 4.
  public static func logarithmOnePlus(_ x: Float) -> Float {
    let sum = 1 + x
    return sum == 1 ? x : logf(sum) * (x / (sum - 1))
  }

  public static func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }
  public static func arcTangent(y: Float, x: Float) -> Float { atan2f(y, x) }
}

extension Double: ElementaryScalar {
  public static func exponential(_ x: Double) -> Double { exp(x) }
  public static func logarithm(_ x: Double) -> Double { log(x) }
  public static func logarithmOnePlus(_ x: Double) -> Double { log1p(x) }
  public static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
  public static func arcTangent(y: Double, x: Double) -> Double { atan2(y, x) }
}
