import RandomNumbers
import Testing

@Suite struct KeyedGeneratorTests {
  /// Known answers of philox4x32 with 10 rounds from the authors' library Random123.
  @Test func philoxGivesTheKnownAnswers() {
    let zero = KeyedGenerator(key: (0, 0), counter: (0, 0, 0, 0)).philox()
    #expect(zero == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = KeyedGenerator(
      key: (.max, .max), counter: (.max, .max, .max, .max)
    ).philox()
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = KeyedGenerator(
      key: (0xa409_3822, 0x299f_31d0),
      counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344)
    ).philox()
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func streamsDifferInEveryPartOfTheirKey() {
    var first: Set<UInt64> = []
    for seed in [0, 1] as [UInt64] {
      for purpose in ["a", "b", "ab"] {
        for indices in [(0, 0), (0, 1), (1, 0)] {
          var generator = KeyedGenerator(seed: seed, purpose: purpose, indices.0, indices.1)
          first.insert(generator.next())
        }
      }
    }
    #expect(first.count == 18)
  }

  @Test func drawsHaveTheirMeansAndRanges() {
    var generator = KeyedGenerator(seed: 5, purpose: "test")
    let count = 100_000
    let uniform = (0..<count).map { _ in generator.uniform() }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    // Five standard errors: 5 · √(1/12/n).
    #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 0.0046)
    let normal = (0..<count).map { _ in generator.standardNormal() }
    #expect(abs(normal.reduce(0, +) / Double(count)) < 0.016)
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / Double(count) - 1) < 0.023)
  }

  /// Mean α / (α + β), variance α β / ((α + β)² (α + β + 1)), against five standard errors.
  @Test(arguments: [(0.2, 0.2), (1, 1), (1.5, 1.5), (8, 8), (2, 0.7)])
  func betaHasItsMoments(alpha: Double, beta: Double) {
    var generator = KeyedGenerator(seed: 6, purpose: "beta")
    let count = 40_000
    let draws = (0..<count).map { _ in generator.beta(alpha, beta) }
    #expect(draws.allSatisfy { (0...1).contains($0) })
    let sum = alpha + beta
    let (mean, variance) = (alpha / sum, alpha * beta / (sum * sum * (sum + 1)))
    let found = draws.reduce(0, +) / Double(count)
    #expect(abs(found - mean) < 5 * (variance / Double(count)).squareRoot())
    let spread = draws.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(count)
    // The fourth central moment of anything in [0, 1] is at most its variance.
    #expect(abs(spread - variance) < 5 * (variance / Double(count)).squareRoot())
  }

  /// Beta(1, 1) is uniform: a tenth of the draws in each tenth.
  @Test func betaOfOnesIsUniform() {
    var generator = KeyedGenerator(seed: 7, purpose: "beta")
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<50_000 { counts[min(9, Int(generator.beta(1, 1) * 10))] += 1 }
    #expect(counts.allSatisfy { abs($0 - 5000) < 340 })
  }

  @Test func gammaHasItsMeanAndVariance() {
    for shape in [0.3, 1, 2.5, 30] {
      var generator = KeyedGenerator(seed: 8, purpose: "gamma")
      let count = 40_000
      let draws = (0..<count).map { _ in generator.gamma(shape: shape) }
      let mean = draws.reduce(0, +) / Double(count)
      // Both are the shape; the variance's own spread is about shape · √((2 + 6 / shape) / n).
      #expect(abs(mean - shape) < 5 * (shape / Double(count)).squareRoot())
      let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      #expect(abs(variance - shape) < 5 * shape * ((2 + 6 / shape) / Double(count)).squareRoot())
    }
  }

  @Test func indicesAndPermutationsCoverTheirRange() {
    var generator = KeyedGenerator(seed: 9, purpose: "test")
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 470 })
    #expect(generator.permutation(100).sorted() == Array(0..<100))
  }
}
