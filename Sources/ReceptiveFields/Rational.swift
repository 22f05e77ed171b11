import Networks

/// A fraction in lowest terms: strides and offsets stay exact through any chain of strides and
/// resizings, 13 cells to 25 as well as 1 to 2.
package struct Rational: Hashable, Comparable, Sendable {
  package let numerator: Int
  /// Positive.
  package let denominator: Int

  package init(_ numerator: Int, _ denominator: Int = 1) {
    precondition(denominator != 0, "a fraction's denominator must not be zero")
    let divisor = max(1, greatestCommonDivisor(abs(numerator), abs(denominator)))
    let sign = denominator < 0 ? -1 : 1
    self.numerator = sign * numerator / divisor
    self.denominator = sign * denominator / divisor
  }

  package var value: Double { Double(numerator) / Double(denominator) }

  /// The largest whole number that is not above.
  package var floor: Int { floorDivision(numerator, denominator) }

  /// The smallest whole number that is not below.
  package var ceiling: Int { -floorDivision(-numerator, denominator) }

  package static func < (left: Rational, right: Rational) -> Bool {
    left.numerator * right.denominator < right.numerator * left.denominator
  }

  package static func + (left: Rational, right: Rational) -> Rational {
    Rational(
      left.numerator * right.denominator + right.numerator * left.denominator,
      left.denominator * right.denominator)
  }

  package static func - (left: Rational, right: Rational) -> Rational {
    left + Rational(-right.numerator, right.denominator)
  }

  package static func * (left: Rational, right: Rational) -> Rational {
    Rational(left.numerator * right.numerator, left.denominator * right.denominator)
  }
}

extension Rational: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self.init(value) }
}

/// The quotient rounded down, also for negative numerators; the divisor is positive.
private func floorDivision(_ numerator: Int, _ divisor: Int) -> Int {
  let quotient = numerator / divisor
  return numerator % divisor < 0 ? quotient - 1 : quotient
}
