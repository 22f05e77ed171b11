import CBridge
import Execution
import Foundation
import Networks

/// An exponential moving average of weights and running statistics: what is validated and shipped.
///
/// `a ← d·a + (1 − d)·w` with `d = decay·(1 − e^(−step/τ))`, so that early steps, far from where
/// training ends, are soon forgotten.
///
/// Tarvainen, Valpola: *Mean Teachers Are Better Role Models*, NeurIPS 2017, §2; the ramp as YOLOv5
/// and its successors have it.
public struct WeightAverage: Sendable {
  public var decay: Double
  /// The ramp's time constant in steps; 0: no ramp.
  public var tau: Double

  public init(decay: Double, tau: Double) {
    self.decay = decay
    self.tau = tau
  }

  /// 1 − d.
  ///
  /// - Parameter step: optimizer steps taken, this one included.
  public func rate(step: Int) -> Double {
    let ramp = tau > 0 ? 1 - exp(-Double(step) / tau) : 1
    return 1 - decay * ramp
  }

  /// Moves averaged running statistics; weights are moved by the optimizer in its own pass.
  public func update(_ average: TensorStore<Float>, from buffers: TensorStore<Float>, step: Int) {
    cb_average_step(average.pointer, buffers.pointer, buffers.count, Float(rate(step: step)))
  }
}
