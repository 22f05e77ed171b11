import Foundation

/// The words that a node draws: a pure function of key, picture and place, the same in both
/// backends (`CBridge/kernels/random.h`).
///
/// Wellons: *Prospecting for Hash Functions*, 2018, triple32, between two halves of the key.
struct DrawnWords {
  private let first: UInt32
  private let second: UInt32

  init(key: UInt64, picture: Int) {
    first = UInt32(truncatingIfNeeded: key) &+ UInt32(truncatingIfNeeded: picture) &* 0x9E37_79B9
    second = UInt32(truncatingIfNeeded: key >> 32)
  }

  subscript(place: Int) -> UInt32 {
    var x = (UInt32(truncatingIfNeeded: place) ^ first) &+ second
    x ^= x >> 17
    x &*= 0xED5A_D4BB
    x ^= x >> 11
    x &*= 0xAC4C_1B51
    x ^= x >> 15
    x &*= 0x3184_8BAB
    return x ^ (x >> 14)
  }

  /// Uniform in [0, 1), 24 bits.
  func uniform(_ place: Int) -> Float { Float(self[place] >> 8) * 0x1p-24 }

  /// Box, Muller: *A Note on the Generation of Random Normal Deviates*, 1958.
  func normal(_ place: Int) -> Float {
    let radius = (-2 * log(1 - uniform(2 * place))).squareRoot()
    return radius * cos(2 * Float.pi * uniform(2 * place + 1))
  }
}
