import Dispatch
import RandomNumbers
import Synchronization

/// How many random sets are drawn, and from which seed.
package struct Resampling: Hashable, Sendable {
  package var count: Int
  package var seed: UInt64

  package init(count: Int = 1000, seed: UInt64 = 0) {
    self.count = count
    self.seed = seed
  }

  /// How often each image is there when as many are drawn as there are, with replacement.
  static func bootstrapWeights(seed: UInt64, sample: Int, imageCount: Int) -> [Int32] {
    var draw = KeyedGenerator(seed: seed, purpose: "bootstrap", sample)
    var weights = [Int32](repeating: 0, count: imageCount)
    for _ in 0..<imageCount { weights[draw.index(below: imageCount)] += 1 }
    return weights
  }

  /// For each image whether two runs are swapped there.
  static func swaps(seed: UInt64, sample: Int, imageCount: Int) -> [Bool] {
    var draw = KeyedGenerator(seed: seed, purpose: "permutation", sample)
    return (0..<imageCount).map { _ in draw.next() >> 63 == 1 }
  }

  /// What is made of each sample, in order; samples go side by side and each depends on its number
  /// alone.
  func map<Result: Sendable>(
    _ make: @Sendable (_ sample: Int, inout WeightedRanking.Scratch) -> Result
  ) -> [Result] {
    let batch = 16
    let made = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: (count + batch - 1) / batch) { index in
      var scratch = WeightedRanking.Scratch()
      for sample in index * batch..<min(count, (index + 1) * batch) {
        let result = make(sample, &scratch)
        made.withLock { $0[sample] = result }
      }
    }
    return made.withLock { $0.compactMap(\.self) }
  }
}

/// The value below which the part `share` of sorted values lies, linear between them: definition 7
/// of Hyndman, Fan: *Sample Quantiles in Statistical Packages*, The American Statistician 1996.
func quantile(_ share: Double, of sorted: [Double]) -> Double {
  let place = share * Double(sorted.count - 1)
  let below = Int(place)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
