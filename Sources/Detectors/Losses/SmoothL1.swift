import Boxes

/// `d² / (2β)` where `|d| < β`, else `|d| − β/2`; d the difference from the target.
///
/// Girshick: *Fast R-CNN*, ICCV 2015, eq. 3, with the bend at β.
public struct SmoothL1: Sendable {
  public var beta: Float

  public init(beta: Float) { self.beta = beta }

  public func callAsFunction<Scalar: ElementaryScalar>(_ value: Scalar, target: Scalar)
    -> LossElement<Scalar>
  {
    let difference = value - target
    let distance = abs(difference)
    let beta = Scalar(beta)
    guard distance < beta else {
      return LossElement(distance - beta / 2, gradient: difference < 0 ? -1 : 1)
    }
    return LossElement(difference * difference / (2 * beta), gradient: difference / beta)
  }
}
