/// A counter-based generator: its stream is a pure function of its key, so that the same seed gives
/// the same draws whatever the number of workers and the order they run in.
///
/// Philox 4×32 with 10 rounds: Salmon, Moraes, Dror, Shaw: *Parallel Random Numbers: As Easy as
/// 1, 2, 3*, SC 2011, §3.3; multipliers and Weyl constants from its table 2 and reference code.
public struct KeyedGenerator: RandomNumberGenerator, Sendable {
  private var counter: (UInt32, UInt32, UInt32, UInt32)
  private let key: (UInt32, UInt32)
  private var block: (UInt64, UInt64) = (0, 0)
  private var used = 2

  /// A stream of its own for each distinct tuple of arguments.
  ///
  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - purpose: what is drawn, e.g. "augment", so that two uses never share draws.
  ///   - indices: epoch, sample and the like; order matters.
  public init(seed: UInt64, purpose: String, _ indices: Int...) {
    var hash = KeyedGenerator.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
    for byte in purpose.utf8 { hash = KeyedGenerator.mix(hash ^ UInt64(byte)) }
    hash = KeyedGenerator.mix(hash ^ 0x100)
    var low = hash
    for index in indices {
      hash = KeyedGenerator.mix(hash ^ UInt64(bitPattern: Int64(index)))
      low = KeyedGenerator.mix(low &+ hash)
    }
    key = (UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32))
    counter = (0, 0, UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32))
  }

  package init(key: (UInt32, UInt32), counter: (UInt32, UInt32, UInt32, UInt32)) {
    self.key = key
    self.counter = counter
  }

  public mutating func next() -> UInt64 {
    if used == 2 {
      let words = philox()
      block = (
        UInt64(words.0) | UInt64(words.1) << 32, UInt64(words.2) | UInt64(words.3) << 32
      )
      counter.0 &+= 1
      if counter.0 == 0 { counter.1 &+= 1 }
      used = 0
    }
    used += 1
    return used == 1 ? block.0 : block.1
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in [low, high).
  public mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// True with the given probability.
  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Uniform in 0 ..< count; `count` must be positive.
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0, "index(below:) needs a positive count, got \(count)")
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// The ten rounds over the present counter.
  package func philox() -> (UInt32, UInt32, UInt32, UInt32) {
    var (x0, x1, x2, x3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let first = UInt64(x0) * 0xD251_1F53
      let second = UInt64(x2) * 0xCD9E_8D57
      (x0, x1, x2, x3) = (
        UInt32(second >> 32) ^ x1 ^ k0, UInt32(truncatingIfNeeded: second),
        UInt32(first >> 32) ^ x3 ^ k1, UInt32(truncatingIfNeeded: first)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (x0, x1, x2, x3)
  }

  /// SplitMix64's finaliser: Steele, Lea, Flood: *Fast Splittable Pseudorandom Number Generators*,
  /// OOPSLA 2014, figure 16.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
