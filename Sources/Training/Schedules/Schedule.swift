import Foundation

/// Learning rate and momentum as functions of the step.
///
/// A warm-up of n steps takes the parts 1, 2, …, n of n + 1 of the rate that the course begins with;
/// the course takes the steps that are left.
public struct Schedule: Codable, Hashable, Sendable {
  public var kind: ScheduleKind
  public var peak: Double
  /// What cosine, linear and each restart end at, as a part of the peak.
  public var finalFraction: Double
  public var momentum: Double
  public var warmupSteps: Int
  public var totalSteps: Int
  /// Steps of the run at which the rate is multiplied by ``stepFactor``.
  public var milestones: [Int] = []
  public var stepFactor = 0.1
  /// Steps up to the first restart.
  public var restartSteps = 1
  /// How much longer each period is than the one before.
  public var restartFactor = 1

  /// - Parameters:
  ///   - peak: the highest rate.
  ///   - momentum: or β₁.
  ///   - totalSteps: the warm-up's among them.
  public init(
    kind: ScheduleKind, peak: Double, finalFraction: Double = 0.01, momentum: Double = 0.9,
    warmupSteps: Int = 0, totalSteps: Int
  ) {
    (self.kind, self.peak, self.finalFraction) = (kind, peak, finalFraction)
    (self.momentum, self.warmupSteps, self.totalSteps) = (momentum, warmupSteps, totalSteps)
  }

  /// OneCycle's constants, PyTorch's defaults: the share of rising, peak / start, start / end, and
  /// how far momentum falls.
  private static let rise = 0.3
  private static let startDivisor = 25.0
  private static let endDivisor = 1e4
  private static let momentumDrop = 0.1

  /// - Parameter step: from 0 to `totalSteps − 1`.
  public func learningRate(step: Int) -> Double {
    guard step < warmupSteps else { return rate(step - warmupSteps) }
    return rate(0) * Double(step + 1) / Double(warmupSteps + 1)
  }

  public func momentum(step: Int) -> Double {
    guard kind == .onecycle else { return momentum }
    return alongCycle(
      max(0, step - warmupSteps), from: momentum, over: max(0, momentum - Self.momentumDrop),
      to: momentum)
  }

  private var end: Double { peak * finalFraction }

  /// Steps after the warm-up.
  private var length: Int { totalSteps - warmupSteps }

  /// - Parameter step: counted from the end of the warm-up.
  private func rate(_ step: Int) -> Double {
    switch kind {
    case .constant, .plateau:
      return peak
    case .onecycle:
      let start = peak / Self.startDivisor
      return alongCycle(step, from: start, over: peak, to: start / Self.endDivisor)
    case .cosine:
      return between(peak, end, Double(step) / Double(max(1, length - 1)))
    case .linear:
      return peak + (end - peak) * min(1, Double(step) / Double(max(1, length - 1)))
    case .step:
      let passed = milestones.count { step + warmupSteps >= $0 }
      return peak * pow(stepFactor, Double(passed))
    case .restarts:
      return between(peak, end, partOfPeriod(step))
    }
  }

  /// How much of its period a step has behind it.
  private func partOfPeriod(_ step: Int) -> Double {
    var (start, period) = (0, max(1, restartSteps))
    while step - start >= period {
      start += period
      period *= max(1, restartFactor)
    }
    return Double(step - start) / Double(period)
  }

  private func alongCycle(_ step: Int, from start: Double, over top: Double, to end: Double)
    -> Double
  {
    let turn = max(1, Self.rise * Double(length) - 1)
    let last = max(turn + 1, Double(length - 1))
    let position = Double(step)
    return position <= turn
      ? between(start, top, position / turn)
      : between(top, end, (position - turn) / (last - turn))
  }

  /// Half a cosine from `a` at 0 to `b` at 1.
  private func between(_ a: Double, _ b: Double, _ part: Double) -> Double {
    b + (a - b) * 0.5 * (1 + cos(.pi * min(1, max(0, part))))
  }
}
