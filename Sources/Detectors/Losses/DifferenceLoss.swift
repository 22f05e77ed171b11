import Boxes

/// A loss of one number against the one it should be.
public protocol DifferenceLoss: Sendable {
  func callAsFunction<Scalar: ElementaryScalar>(_ value: Scalar, target: Scalar)
    -> LossElement<Scalar>
}

extension SmoothL1: DifferenceLoss {}

/// `|d|`, d the difference from the target; no gradient where there is none.
public struct AbsoluteDifference: DifferenceLoss {
  public init() {}

  public func callAsFunction<Scalar: ElementaryScalar>(_ value: Scalar, target: Scalar)
    -> LossElement<Scalar>
  {
    let difference = value - target
    return LossElement(
      abs(difference), gradient: difference > 0 ? 1 : difference < 0 ? -1 : 0)
  }
}

/// `α/b·(b|d| + 1)·ln(b|d| + 1) − α|d|` where `|d| < 1`, else `γ|d| + γ/b − α`; d the difference from
/// the target, b such that `α·ln(b + 1) = γ`.
///
/// Small differences weigh more than in Smooth-L1, large ones no more. Pang et al.: *Libra R-CNN*,
/// CVPR 2019, eqs. 8 to 10, and the values of α and γ.
public struct BalancedL1: DifferenceLoss {
  public var alpha: Float = 0.5
  public var gamma: Float = 1.5

  public init() {}

  public func callAsFunction<Scalar: ElementaryScalar>(_ value: Scalar, target: Scalar)
    -> LossElement<Scalar>
  {
    let (alpha, gamma) = (Scalar(alpha), Scalar(gamma))
    let difference = value - target
    let distance = abs(difference)
    let b = Scalar.exponential(gamma / alpha) - 1
    let sign: Scalar = difference < 0 ? -1 : 1
    guard distance < 1 else {
      return LossElement(gamma * distance + gamma / b - alpha, gradient: sign * gamma)
    }
    let logarithm = Scalar.logarithmOnePlus(b * distance)
    return LossElement(
      alpha / b * (b * distance + 1) * logarithm - alpha * distance,
      gradient: sign * alpha * logarithm)
  }
}
