/// Finds a step length t along a direction d that satisfies the strong Wolfe conditions
/// `f(t) ≤ f(0) + c₁·t·f′(0)` and `|f′(t)| ≤ c₂·|f′(0)|`.
///
/// First t grows until an interval is known that holds such a point, then the interval shrinks, by
/// minima of cubics through values and slopes of its ends; where they come close to an end twice
/// running, a tenth of the interval is taken off.
///
/// Nocedal, Wright: *Numerical Optimization*, 2nd edition 2006, algorithms 3.5 and 3.6; safeguards as
/// in Schmidt's minFunc and in PyTorch.
struct WolfeSearch {
  /// A step length with what was found there.
  private struct Trial {
    var length: Double
    var value: Double
    var gradient: [Double]
    var slope: Double
  }

  private(set) var evaluations = 0
  private let point: [Double]
  private let direction: [Double]
  private let start: Trial
  private let smallestChange: Double
  private var found: Trial

  /// Of the length that ``run(first:_:)`` gave.
  var value: Double { found.value }
  var gradient: [Double] { found.gradient }

  private static let c1 = 1e-4
  private static let c2 = 0.9
  private static let mostIterations = 25

  init(
    from point: [Double], along direction: [Double], value: Double, gradient: [Double],
    smallestChange: Double
  ) {
    (self.point, self.direction, self.smallestChange) = (point, direction, smallestChange)
    start = Trial(
      length: 0, value: value, gradient: gradient, slope: dot(gradient, direction))
    found = start
  }

  /// - Returns: the length; the best tried where none satisfies the conditions.
  mutating func run(first: Double, _ function: LimitedMemoryBFGS.Function) rethrows -> Double {
    var previous = start
    var trial = try evaluate(first, function)
    var iteration = 0
    while iteration < Self.mostIterations {
      let rises = iteration > 1 && trial.value >= previous.value
      if isTooHigh(trial) || rises || !isFlat(trial) && trial.slope >= 0 {
        try zoom(previous, trial, from: iteration, function)
        return found.length
      }
      if isFlat(trial) {
        found = trial
        return trial.length
      }
      let length = Self.minimum(
        previous, trial,
        in: trial.length + 0.01 * (trial.length - previous.length)...10 * trial.length)
      previous = trial
      trial = try evaluate(length, function)
      iteration += 1
    }
    found = trial.value < start.value ? trial : start
    return found.length
  }

  private func isTooHigh(_ trial: Trial) -> Bool {
    trial.value > start.value + Self.c1 * trial.length * start.slope
  }

  private func isFlat(_ trial: Trial) -> Bool { abs(trial.slope) <= -Self.c2 * start.slope }

  private mutating func evaluate(
    _ length: Double, _ function: LimitedMemoryBFGS.Function
  ) rethrows -> Trial {
    evaluations += 1
    let (value, gradient) = try function(moved(point, direction, by: length))
    return Trial(
      length: length, value: value, gradient: gradient, slope: dot(gradient, direction))
  }

  private mutating func zoom(
    _ a: Trial, _ b: Trial, from iteration: Int, _ function: LimitedMemoryBFGS.Function
  ) rethrows {
    var ends = [a, b]
    var low = a.value <= b.value ? 0 : 1
    var wasNearAnEnd = false
    let reach = largest(direction)
    for _ in iteration..<Self.mostIterations {
      guard abs(ends[1].length - ends[0].length) * reach >= smallestChange else { break }
      let length = Self.inner(ends, &wasNearAnEnd)
      let trial = try evaluate(length, function)
      if isTooHigh(trial) || trial.value >= ends[low].value {
        ends[1 - low] = trial
        low = ends[0].value <= ends[1].value ? 0 : 1
        continue
      }
      let isDone = isFlat(trial)
      if !isDone, trial.slope * (ends[1 - low].length - ends[low].length) >= 0 {
        ends[1 - low] = ends[low]
      }
      ends[low] = trial
      if isDone { break }
    }
    found = ends[low]
  }

  /// A length between the ends.
  private static func inner(_ ends: [Trial], _ wasNearAnEnd: inout Bool) -> Double {
    let (low, high) = (
      min(ends[0].length, ends[1].length), max(ends[0].length, ends[1].length)
    )
    let length = minimum(ends[0], ends[1], in: low...high)
    let margin = 0.1 * (high - low)
    guard min(high - length, length - low) < margin else {
      wasNearAnEnd = false
      return length
    }
    guard wasNearAnEnd || length >= high || length <= low else {
      wasNearAnEnd = true
      return length
    }
    wasNearAnEnd = false
    return abs(length - high) < abs(length - low) ? high - margin : low + margin
  }

  /// Of the cubic through two trials, eq. 3.59, held to bounds; their middle where it has none.
  private static func minimum(_ a: Trial, _ b: Trial, in bounds: ClosedRange<Double>) -> Double {
    let (left, right) = a.length <= b.length ? (a, b) : (b, a)
    let d1 =
      a.slope + b.slope - 3 * (a.value - b.value) / (a.length - b.length)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0 else { return (bounds.lowerBound + bounds.upperBound) / 2 }
    let d2 = square.squareRoot()
    let place =
      right.length - (right.length - left.length)
      * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2))
    return min(max(place, bounds.lowerBound), bounds.upperBound)
  }
}
