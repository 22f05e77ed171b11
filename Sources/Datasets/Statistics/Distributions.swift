import Foundation

/// Probabilities of the distributions that tests and intervals are made of, in Double.
package enum Distributions {
  private static let precision = 1e-15
  private static let tiny = 1e-300
  private static let mostTerms = 10_000

  /// P(χ² ≥ x) with so many degrees of freedom: `Q(degrees / 2, x / 2)`.
  ///
  /// - Parameter degrees: positive.
  package static func chiSquaredTail(_ x: Double, degrees: Double) -> Double {
    x <= 0 ? 1 : upperGamma(degrees / 2, x / 2)
  }

  /// P(K ≥ x) of Kolmogorov's limiting distribution.
  ///
  /// `2 Σ (−1)^(k−1) exp(−2k²x²)`; for small x, where that converges slowly, the same by
  /// `1 − √(2π)/x · Σ exp(−(2k−1)²π²/(8x²))`. Kolmogorov: *Sulla determinazione empirica di una
  /// legge di distribuzione*, 1933; Feller: *On the Kolmogorov–Smirnov Limit Theorems*, 1948.
  package static func kolmogorovTail(_ x: Double) -> Double {
    if x <= 0 { return 1 }
    var sum = 0.0
    if x < 1.18 {
      for k in 1...20 {
        let odd = Double(2 * k - 1)
        sum += exp(-odd * odd * .pi * .pi / (8 * x * x))
      }
      return min(1, max(0, 1 - (2 * .pi).squareRoot() / x * sum))
    }
    for k in 1...20 {
      sum += (k % 2 == 1 ? 2 : -2) * exp(-2 * Double(k * k) * x * x)
    }
    return min(1, max(0, sum))
  }

  /// The t that Student's distribution stays below with this probability, by bisection.
  ///
  /// - Parameters:
  ///   - probability: between 0 and 1, neither of them.
  ///   - degrees: of freedom; positive.
  package static func studentQuantile(_ probability: Double, degrees: Double) -> Double {
    precondition(
      probability > 0 && probability < 1 && degrees > 0,
      "a quantile is of a probability between 0 and 1, with positive degrees of freedom")
    if probability < 0.5 { return -studentQuantile(1 - probability, degrees: degrees) }
    let tail = 1 - probability
    var (low, high) = (0.0, 1.0)
    while studentTail(high, degrees: degrees) > tail, high < 1e300 { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if studentTail(middle, degrees: degrees) > tail { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(T ≥ t), t not negative: `½ I_x(ν/2, ½)` at `x = ν / (ν + t²)`; DLMF 8.17.
  private static func studentTail(_ t: Double, degrees: Double) -> Double {
    0.5 * incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t))
  }

  /// The regularised incomplete gamma function Q(a, x): by the series of DLMF 8.7.1 for 1 − Q where x
  /// is small, else by the continued fraction of DLMF 8.9.2.
  static func upperGamma(_ a: Double, _ x: Double) -> Double {
    let factor = exp(a * log(x) - x - lgamma(a))
    if x < a + 1 {
      var (term, sum, n) = (1 / a, 1 / a, a)
      for _ in 0..<mostTerms {
        n += 1
        term *= x / n
        sum += term
        if term < sum * precision { break }
      }
      return 1 - factor * sum
    }
    return factor
      * continuedFraction(
        first: x + 1 - a,
        numerator: { -Double($0) * (Double($0) - a) },
        denominator: { x + Double(2 * $0 + 1) - a })
  }

  /// The regularised incomplete beta function I_x(a, b): the continued fraction of DLMF 8.17.22.
  static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, 1 - x) }
    let factor = exp(
      lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    return factor / a
      * continuedFraction(
        first: 1,
        numerator: { index in
          let m = Double(index / 2)
          return index % 2 == 0
            ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        }, denominator: { _ in 1 })
  }

  /// `1 / (first + n₁/(d₁ + n₂/(d₂ + …)))`, by Lentz's method: *Generating Bessel Functions in Mie
  /// Scattering Calculations*, Applied Optics 1976, in Thompson and Barnett's form.
  private static func continuedFraction(
    first: Double, numerator: (Int) -> Double, denominator: (Int) -> Double
  ) -> Double {
    func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var value = away(first)
    var (c, d) = (value, 0.0)
    for index in 1...mostTerms {
      let (above, below) = (numerator(index), denominator(index))
      d = 1 / away(below + above * d)
      c = away(below + above / c)
      value *= c * d
      if abs(c * d - 1) < precision { break }
    }
    return 1 / value
  }
}
