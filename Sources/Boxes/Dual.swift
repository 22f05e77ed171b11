/// A value with its partial derivatives with respect to four variables: forward-mode automatic
/// differentiation.
///
/// Arithmetic follows `f(v + p·ε) = f(v) + f′(v)·p·ε` with `ε² = 0`. Where `minimum` and `maximum`
/// tie, the first argument's derivatives are taken.
package struct Dual<Scalar: ElementaryScalar> {
  package var value: Scalar
  package var partials: SIMD4<Scalar>

  package init(value: Scalar, partials: SIMD4<Scalar>) {
    self.value = value
    self.partials = partials
  }

  /// A constant.
  package init(_ value: Scalar) { self.init(value: value, partials: SIMD4(repeating: 0)) }

  /// The variable with the given index in 0 ..< 4.
  package init(variable index: Int, _ value: Scalar) {
    self.init(value)
    partials[index] = 1
  }

  /// The four variables at a point.
  static func variables(_ point: SIMD4<Scalar>) -> (Dual, Dual, Dual, Dual) {
    (
      Dual(variable: 0, point[0]), Dual(variable: 1, point[1]),
      Dual(variable: 2, point[2]), Dual(variable: 3, point[3])
    )
  }

  package static func + (a: Dual, b: Dual) -> Dual {
    Dual(value: a.value + b.value, partials: a.partials + b.partials)
  }

  package static func - (a: Dual, b: Dual) -> Dual {
    Dual(value: a.value - b.value, partials: a.partials - b.partials)
  }

  package static func * (a: Dual, b: Dual) -> Dual {
    Dual(value: a.value * b.value, partials: a.partials * b.value + b.partials * a.value)
  }

  package static func / (a: Dual, b: Dual) -> Dual {
    let quotient = a.value / b.value
    return Dual(value: quotient, partials: (a.partials - b.partials * quotient) / b.value)
  }

  package static func minimum(_ a: Dual, _ b: Dual) -> Dual { b.value < a.value ? b : a }
  package static func maximum(_ a: Dual, _ b: Dual) -> Dual { b.value > a.value ? b : a }

  package static func exponential(_ x: Dual) -> Dual {
    let value = Scalar.exponential(x.value)
    return Dual(value: value, partials: x.partials * value)
  }

  package static func logarithm(_ x: Dual) -> Dual {
    Dual(value: Scalar.logarithm(x.value), partials: x.partials / x.value)
  }

  /// At 0, where the slope has no bound, the derivatives are 0.
  package static func squareRoot(_ x: Dual) -> Dual {
    guard x.value > 0 else { return Dual(0) }
    let root = x.value.squareRoot()
    return Dual(value: root, partials: x.partials / (2 * root))
  }

  /// The angle of the point (x, y), with `∂ = (x·∂y − y·∂x) / (x² + y²)`; 0 at the origin, as is its
  /// derivative there.
  package static func arcTangent(y: Dual, x: Dual) -> Dual {
    let squared = x.value * x.value + y.value * y.value
    guard squared > 0 else { return Dual(0) }
    return Dual(
      value: Scalar.arcTangent(y: y.value, x: x.value),
      partials: (y.partials * x.value - x.partials * y.value) / squared)
  }
}
