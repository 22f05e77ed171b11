import Foundation
import TestSupport
import Testing
import Training

/// What benchmarks/golden/lbfgs.py wrote.
private struct LimitedMemoryGolden: Decodable {
  struct Case: Decodable {
    var function: String
    var iterations: Int
    var history: Int
    var search: String
    var evaluations: Int
    var point: [Double]
  }

  var torch: String
  var start: [Double]
  var cases: [Case]
}

@Suite struct LimitedMemoryBFGSTests {
  private func rosenbrock(_ x: [Double]) -> (Double, [Double]) {
    var value = 0.0
    var gradient = [Double](repeating: 0, count: x.count)
    for i in 0..<x.count - 1 {
      let (bend, rest) = (x[i + 1] - x[i] * x[i], 1 - x[i])
      value += 100 * bend * bend + rest * rest
      gradient[i] += -400 * x[i] * bend - 2 * rest
      gradient[i + 1] += 200 * bend
    }
    return (value, gradient)
  }

  private let features = counterValues(name: "features", count: 240)
  private let signs = counterValues(name: "signs", count: 40).map { $0 < 0 ? -1.0 : 1 }

  private func logistic(_ x: [Double]) -> (Double, [Double]) {
    var value = 0.0
    var gradient = x.map { 0.02 * $0 }
    for (row, sign) in signs.enumerated() {
      let entries = features[6 * row..<6 * row + 6]
      let score = -sign * zip(entries, x).reduce(0) { $0 + $1.0 * $1.1 }
      value += log1p(exp(score)) / 40
      let slope = -sign / (1 + exp(-score)) / 40
      for (index, entry) in entries.enumerated() { gradient[index] += slope * entry }
    }
    return (value + 0.01 * x.reduce(0) { $0 + $1 * $1 }, gradient)
  }

  @Test func iteratesAreThoseOfPyTorch() throws {
    let file = packageRoot().appendingPathComponent("Tests/TrainingTests/golden/lbfgs.json")
    let golden = try JSONDecoder().decode(LimitedMemoryGolden.self, from: Data(contentsOf: file))
    for example in golden.cases {
      var optimizer = LimitedMemoryBFGS()
      optimizer.iterations = example.iterations
      optimizer.history = example.history
      optimizer.mostEvaluations = 1000
      optimizer.lineSearch = try #require(.init(rawValue: example.search))
      let result = optimizer.minimize(
        from: golden.start, example.function == "logistic" ? logistic : rosenbrock)
      #expect(result.evaluations == example.evaluations, "\(example)")
      let difference = zip(result.point, example.point).map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 1e-9, "\(example)")
    }
  }

  /// ½·(x² + 4y²) from (2, 1): the direction after one exact pair is Newton's only on its span, yet
  /// few steps end at the minimum.
  @Test func quadraticEndsAtItsMinimum() {
    var optimizer = LimitedMemoryBFGS()
    optimizer.iterations = 30
    let result = optimizer.minimize(from: [2, 1]) { p in
      ((p[0] * p[0] + 4 * p[1] * p[1]) / 2, [p[0], 4 * p[1]])
    }
    #expect(result.end != .iterations && result.end != .evaluations)
    #expect(result.point.allSatisfy { abs($0) < 1e-5 })
  }

  @Test func flatStartStaysWhereItIs() {
    let result = LimitedMemoryBFGS().minimize(from: [0, 0]) { _ in (3, [0, 0]) }
    #expect(result.end == .flat && result.point == [0, 0] && result.evaluations == 1)
  }

  @Test func errorsOfTheFunctionComeThrough() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try LimitedMemoryBFGS().minimize(from: [1]) { _ in throw Failure() }
    }
  }
}
