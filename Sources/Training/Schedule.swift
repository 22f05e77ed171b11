import Foundation

public enum ScheduleKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Linear warm-up, then half a cosine. Loshchilov, Hutter: *SGDR*, ICLR 2017, eq. 5, one period.
  case cosine
  /// Up over the first 30 % and down to nothing, momentum the other way. Smith, Topin:
  /// *Super-Convergence*, 2018; both ramps are cosines, as in PyTorch's OneCycleLR.
  case onecycle
  /// Linear warm-up, then the same rate throughout.
  case constant
}

/// Learning rate and momentum as functions of the step.
package struct Schedule: Codable, Hashable, Sendable {
  package var kind: ScheduleKind
  package var peak: Double
  /// What cosine ends at, as a part of the peak.
  package var finalFraction: Double
  package var momentum: Double
  package var warmupSteps: Int
  package var totalSteps: Int

  package init(
    kind: ScheduleKind, peak: Double, finalFraction: Double, momentum: Double, warmupSteps: Int,
    totalSteps: Int
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
  package func learningRate(step: Int) -> Double {
    switch kind {
    case .onecycle:
      let start = peak / Self.startDivisor
      return alongCycle(step, from: start, over: peak, to: start / Self.endDivisor)
    case .cosine, .constant:
      if step < warmupSteps { return peak * Double(step + 1) / Double(warmupSteps + 1) }
      if kind == .constant { return peak }
      let end = peak * finalFraction
      let length = max(1, totalSteps - warmupSteps - 1)
      return between(peak, end, Double(step - warmupSteps) / Double(length))
    }
  }

  package func momentum(step: Int) -> Double {
    guard kind == .onecycle else { return momentum }
    return alongCycle(step, from: momentum, over: momentum - Self.momentumDrop, to: momentum)
  }

  private func alongCycle(_ step: Int, from start: Double, over top: Double, to end: Double)
    -> Double
  {
    let turn = max(1, Self.rise * Double(totalSteps) - 1)
    let last = max(turn + 1, Double(totalSteps - 1))
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
