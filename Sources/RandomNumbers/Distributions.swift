import Foundation

extension KeyedGenerator {
  /// Normal with mean 0 and variance 1: Box and Muller: *A Note on the Generation of Random Normal
  /// Deviates*, Annals of Mathematical Statistics 1958, the first of the pair.
  public mutating func standardNormal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
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
