/// Minimises a smooth function of a few thousand variables by its gradient: limited-memory BFGS.
///
/// The step is `−H·g`, g the gradient and H an approximation of the inverse Hessian made of the last
/// few differences of points (s) and gradients (y), by the two-loop recursion, from `H₀ = sᵀy / yᵀy`.
/// Pairs with `sᵀy` of nearly nothing are left out, so H stays positive.
///
/// It wants one function, the same at every call: a loss over a whole set without anything drawn.
/// Training by batches is not that, so the command line does not offer it.
///
/// Nocedal, Wright: *Numerical Optimization*, 2nd edition 2006, algorithms 7.4 and 7.5. Steps,
/// safeguards and criteria to stop are PyTorch's (torch.optim.LBFGS), down to the numbers.
public struct LimitedMemoryBFGS: Sendable {
  public enum LineSearch: String, Hashable, Sendable {
    /// Every step of length ``LimitedMemoryBFGS/rate``; the first is shortened to at most the rate in
    /// the 1-norm.
    case fixed
    /// Until both of Wolfe's conditions hold: ``WolfeSearch``.
    case strongWolfe
  }

  /// Why it stopped.
  public enum End: String, Hashable, Sendable {
    /// No component of the gradient exceeds ``LimitedMemoryBFGS/gradientTolerance``.
    case flat
    /// Point or value changed by less than ``LimitedMemoryBFGS/changeTolerance``.
    case stalled
    /// Nothing is left to gain: the direction leads down by less than ``LimitedMemoryBFGS/changeTolerance``.
    case noDescent
    case iterations
    case evaluations
  }

  public struct Result: Hashable, Sendable {
    public var point: [Double]
    public var value: Double
    public var iterations: Int
    public var evaluations: Int
    public var end: End
  }

  /// Value and gradient at a point.
  public typealias Function = (_ point: [Double]) throws -> (value: Double, gradient: [Double])

  public var rate = 1.0
  public var iterations = 20
  /// Calls of the function, 5 for 4 iterations where not set.
  public var mostEvaluations: Int?
  /// Pairs that are remembered.
  public var history = 100
  public var lineSearch = LineSearch.strongWolfe
  public var gradientTolerance = 1e-7
  public var changeTolerance = 1e-9

  public init() {}

  /// Of `sᵀy`; below it a pair says nothing.
  private static let leastCurvature = 1e-10

  public func minimize(from start: [Double], _ function: Function) rethrows -> Result {
    let limit = mostEvaluations ?? iterations * 5 / 4
    var point = start
    var (value, gradient) = try function(point)
    var memory = PairMemory(capacity: history)
    var evaluations = 1
    func result(_ iteration: Int, _ end: End) -> Result {
      Result(
        point: point, value: value, iterations: iteration, evaluations: evaluations, end: end)
    }
    guard largest(gradient) > gradientTolerance else { return result(0, .flat) }
    for iteration in 1...max(1, iterations) {
      let direction = memory.direction(gradient)
      let slope = dot(gradient, direction)
      guard slope <= -changeTolerance else { return result(iteration, .noDescent) }
      let first = min(1, 1 / gradient.reduce(0) { $0 + abs($1) }) * rate
      var length = iteration == 1 ? first : rate
      let (oldValue, oldGradient) = (value, gradient)
      switch lineSearch {
      case .fixed:
        point = moved(point, direction, by: length)
        if iteration != iterations {
          (value, gradient) = try function(point)
          evaluations += 1
        }
      case .strongWolfe:
        var search = WolfeSearch(
          from: point, along: direction, value: value, gradient: gradient,
          smallestChange: changeTolerance)
        length = try search.run(first: length, function)
        (value, gradient) = (search.value, search.gradient)
        evaluations += search.evaluations
        point = moved(point, direction, by: length)
      }
      if iteration == iterations { return result(iteration, .iterations) }
      if evaluations >= limit { return result(iteration, .evaluations) }
      if largest(gradient) <= gradientTolerance { return result(iteration, .flat) }
      let change = largest(direction) * length
      if change <= changeTolerance || abs(value - oldValue) < changeTolerance {
        return result(iteration, .stalled)
      }
      memory.add(
        step: direction.map { $0 * length }, change: zip(gradient, oldGradient).map(-),
        least: Self.leastCurvature)
    }
    return result(iterations, .iterations)
  }
}

/// The last few differences of points and gradients.
private struct PairMemory {
  private struct Pair {
    var step: [Double]
    var change: [Double]
    /// `1 / sᵀy`
    var weight: Double
  }

  private let capacity: Int
  private var pairs: [Pair] = []
  /// `H₀`
  private var scale = 1.0

  init(capacity: Int) { self.capacity = max(1, capacity) }

  mutating func add(step: [Double], change: [Double], least: Double) {
    let curvature = dot(step, change)
    guard curvature > least else { return }
    if pairs.count == capacity { pairs.removeFirst() }
    pairs.append(Pair(step: step, change: change, weight: 1 / curvature))
    scale = curvature / dot(change, change)
  }

  /// `−H·g` by algorithm 7.4.
  func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient.map { -$0 }
    var shares = [Double](repeating: 0, count: pairs.count)
    for (index, pair) in pairs.enumerated().reversed() {
      shares[index] = dot(pair.step, q) * pair.weight
      q = moved(q, pair.change, by: -shares[index])
    }
    var r = q.map { $0 * scale }
    for (index, pair) in pairs.enumerated() {
      let other = dot(pair.change, r) * pair.weight
      r = moved(r, pair.step, by: shares[index] - other)
    }
    return r
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func largest(_ values: [Double]) -> Double { values.reduce(0) { max($0, abs($1)) } }

func moved(_ point: [Double], _ direction: [Double], by length: Double) -> [Double] {
  zip(point, direction).map { $0 + length * $1 }
}
