import Foundation

extension KeyedGenerator {
  /// Normal with mean 0 and variance 1: Box and Muller: *A Note on the Generation of Random Normal
  /// Deviates*, Annals of Mathematical Statistics 1958, the first of the pair.
  public mutating func standardNormal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// Gamma with the given shape, which must be positive, and scale 1.
  ///
  /// `d · v` with `d = shape − ⅓`, `v = (1 + x / √(9 d))³` for a normal `x`, taken with probability
  /// `min(1, exp(x² / 2 + d − d · v + d · ln v))`; a shape below 1 is drawn at `shape + 1` and
  /// multiplied by `u^(1 / shape)`.
  ///
  /// Marsaglia, Tsang: *A Simple Method for Generating Gamma Variables*, ACM TOMS 2000, figure 1
  /// and §6, without the squeeze, which saves time only.
  public mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0, "a gamma distribution needs a positive shape, got \(shape)")
    if shape < 1 {
      let boosted = gamma(shape: shape + 1)
      return boosted * pow(1 - uniform(), 1 / shape)
    }
    let d = shape - 1.0 / 3
    while true {
      let x = standardNormal()
      let root = 1 + x / (9 * d).squareRoot()
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }

  /// Beta(α, β), in [0, 1]; both must be positive: `x / (x + y)` for x and y of gamma distributions
  /// of the shapes α and β.
  ///
  /// Johnson, Kotz, Balakrishnan: *Continuous Univariate Distributions*, volume 2, 1995, chapter 25.
  public mutating func beta(_ alpha: Double, _ beta: Double) -> Double {
    let x = gamma(shape: alpha)
    let y = gamma(shape: beta)
    // Both can underflow where the shapes are tiny; then either end is as likely as its shape.
    return x + y > 0 ? x / (x + y) : chance(alpha / (alpha + beta)) ? 1 : 0
  }

  /// A permutation of `0 ..< count`, each equally likely (Fisher–Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, index(below: last + 1))
    }
    return order
  }
}
