import RandomNumbers

/// Which samples an epoch of training goes through, and in which order: a function of the seed and
/// the epoch.
public struct EpochSampler: Sendable, Hashable {
  private enum Draw: Hashable {
    /// Each once, shuffled.
    case shuffled
    /// Each once, as they stand.
    case inOrder
    /// Each so often on average; at most so many in all.
    case rates([Double], length: Int)
    /// So many draws with replacement, by the running sums of weights.
    case replaced(sums: [Double], count: Int)
  }

  private let draw: Draw

  /// Every sample once, shuffled anew each epoch.
  public static let random = EpochSampler(draw: .shuffled)

  /// Every sample once, in the data set's order.
  public static let sequential = EpochSampler(draw: .inOrder)

  /// Every sample `rates[i]` times an epoch on average, shuffled anew.
  ///
  /// The whole part is certain; which samples come once more is drawn anew each epoch, with the
  /// fraction as the chance. One number is drawn for all (systematic sampling along a permutation;
  /// Madow: *On the Theory of Systematic Sampling, II*, Annals of Mathematical Statistics 1949), so
  /// that epochs differ by no more than one sample in length, which steps and learning rate need.
  ///
  /// - Parameter rates: for each sample; not negative, and not all 0.
  public static func repeating(_ rates: [Double]) -> EpochSampler {
    precondition(
      rates.allSatisfy { $0 >= 0 && $0.isFinite } && rates.contains { $0 > 0 },
      "rates are finite and not negative, and at least one is positive")
    // A sum that rounding left above a whole number is that number.
    let length = max(1, Int((rates.reduce(0, +) - 1e-6).rounded(.up)))
    return EpochSampler(draw: .rates(rates, length: length))
  }

  /// As many draws with replacement as there are samples, each with a chance in proportion to its
  /// weight.
  ///
  /// - Parameter weights: for each sample; not negative, and not all 0.
  public static func weighted(_ weights: [Double]) -> EpochSampler {
    precondition(
      weights.allSatisfy { $0 >= 0 && $0.isFinite } && weights.contains { $0 > 0 },
      "weights are finite and not negative, and at least one is positive")
    var sum = 0.0
    let sums = weights.map { weight in
      sum += weight
      return sum
    }
    return EpochSampler(draw: .replaced(sums: sums, count: weights.count))
  }

  /// Whether a sample may come several times in an epoch by itself.
  public var repeats: Bool {
    switch draw {
    case .shuffled, .inOrder: false
    case .rates, .replaced: true
    }
  }

  /// Samples of an epoch, of `count` in all; an epoch of ``repeating(_:)`` may lack one of them.
  public func length(of count: Int) -> Int {
    switch draw {
    case .shuffled, .inOrder: count
    case .rates(_, let length): length
    case .replaced(_, let count): count
    }
  }

  /// How often each of `count` samples comes in an epoch on average.
  package func expectedVisits(of count: Int) -> [Double] {
    switch draw {
    case .shuffled, .inOrder: return Array(repeating: 1, count: count)
    case .rates(let rates, _): return rates
    case .replaced(let sums, let count):
      let total = sums[sums.count - 1]
      return sums.indices.map { index in
        (sums[index] - (index > 0 ? sums[index - 1] : 0)) / total * Double(count)
      }
    }
  }

  /// The given samples as they come in an epoch.
  public func order(of samples: [Int32], seed: UInt64, epoch: Int) -> [Int32] {
    var generator = KeyedGenerator(seed: seed, purpose: "order", epoch)
    switch draw {
    case .shuffled: return Self.shuffled(samples, &generator)
    case .inOrder: return samples
    case .rates(let rates, _):
      precondition(rates.count == samples.count, "there is a rate for each sample")
      var choice = KeyedGenerator(seed: seed, purpose: "repeats", epoch)
      let visits = Self.visits(rates, &choice)
      let repeated = zip(samples, visits).flatMap { Array(repeating: $0, count: $1) }
      return Self.shuffled(repeated, &generator)
    case .replaced(let sums, let count):
      precondition(sums.count == samples.count, "there is a weight for each sample")
      let total = sums[sums.count - 1]
      return (0..<count).map { _ in
        samples[Self.firstIndex(above: generator.uniform() * total, in: sums)]
      }
    }
  }

  /// How often each sample comes in one epoch: ⌊r⌋ or ⌈r⌉ times, r on average.
  private static func visits(_ rates: [Double], _ generator: inout KeyedGenerator) -> [Int] {
    var visits = rates.map { Int($0.rounded(.down)) }
    // A sample is drawn where the running sum of fractions passes a whole number.
    var position = generator.uniform()
    for index in generator.permutation(rates.count) {
      position += rates[index] - rates[index].rounded(.down)
      if position >= 1 {
        visits[index] += 1
        position -= 1
      }
    }
    // Rates below 1 in all may have drawn none, and an epoch is of one at least.
    if visits.allSatisfy({ $0 == 0 }), let first = rates.firstIndex(of: rates.max() ?? 0) {
      visits[first] = 1
    }
    return visits
  }

  /// Written out, so that the order depends on nothing but the generator.
  private static func shuffled(
    _ samples: [Int32], _ generator: inout KeyedGenerator
  ) -> [Int32] {
    var samples = samples
    for last in stride(from: samples.count - 1, to: 0, by: -1) {
      samples.swapAt(last, generator.index(below: last + 1))
    }
    return samples
  }

  /// The first of the rising sums that is greater.
  private static func firstIndex(above value: Double, in sums: [Double]) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
