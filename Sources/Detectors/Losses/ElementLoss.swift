import Boxes

/// A loss of one number and its derivative with respect to that number.
public struct LossElement<Scalar: ElementaryScalar> {
  public var value: Scalar
  /// With respect to that number.
  public var gradient: Scalar

  public init(_ value: Scalar, gradient: Scalar) {
    self.value = value
    self.gradient = gradient
  }
}

/// A loss of one class's logit x against its target t; `p = σ(x)`.
public protocol LogitLoss: Sendable {
  func callAsFunction<Scalar: ElementaryScalar>(logit: Scalar, target: Scalar)
    -> LossElement<Scalar>
}

/// `σ(x)` and `log(1 + eˣ)` from one exponential, without overflow.
struct Sigmoid<Scalar: ElementaryScalar> {
  private let x: Scalar
  private let e: Scalar

  @inline(__always)
  init(_ x: Scalar) {
    self.x = x
    e = Scalar.exponential(-abs(x))
  }

  var value: Scalar { (x >= 0 ? 1 : e) / (1 + e) }

  /// `log(1 + eˣ) = −log(1 − σ(x))`
  var softplus: Scalar { max(x, 0) + Scalar.logarithmOnePlus(e) }
}

/// `−t·log p − (1 − t)·log(1 − p)`; t may lie between 0 and 1.
public struct BinaryCrossEntropy: LogitLoss {
  public init() {}

  @inline(__always)
  public func callAsFunction<Scalar: ElementaryScalar>(logit: Scalar, target: Scalar)
    -> LossElement<Scalar>
  {
    let sigmoid = Sigmoid(logit)
    return LossElement(sigmoid.softplus - target * logit, gradient: sigmoid.value - target)
  }
}

/// `−α·(1 − p)^γ·log p` where t = 1, `−(1 − α)·p^γ·log(1 − p)` where t = 0.
///
/// Lin et al.: *Focal Loss for Dense Object Detection*, ICCV 2017, eq. 5.
public struct SigmoidFocalLoss: LogitLoss {
  public var alpha: Float
  public var gamma: Float

  public init(alpha: Float, gamma: Float) {
    self.alpha = alpha
    self.gamma = gamma
  }

  @inline(__always)
  public func callAsFunction<Scalar: ElementaryScalar>(logit: Scalar, target: Scalar)
    -> LossElement<Scalar>
  {
    // The loss of a wrong class is that of a right one at −x.
    let isPositive = target > 0.5
    let sigmoid = Sigmoid(isPositive ? -logit : logit)
    // Probability of the wrong answer, and −log of that of the right one.
    let (wrong, cost) = (sigmoid.value, sigmoid.softplus)
    let weight = Scalar(isPositive ? alpha : 1 - alpha)
    let modulation = gamma == 2 ? wrong * wrong : Scalar.power(wrong, Scalar(gamma))
    let slope = weight * modulation * (wrong + Scalar(gamma) * (1 - wrong) * cost)
    return LossElement(weight * modulation * cost, gradient: isPositive ? -slope : slope)
  }
}

/// `|t − p|^γ · BCE(p, t)`, t the quality of the box that the class stands beside.
///
/// Li et al.: *Generalized Focal Loss*, NeurIPS 2020, eq. 3 (its β); Feng et al.: *TOOD*, ICCV 2021,
/// eq. 4. With γ = 0 it is plain cross-entropy against the quality.
public struct QualityFocalLoss: LogitLoss {
  public var gamma: Float

  public init(gamma: Float) { self.gamma = gamma }

  @inline(__always)
  public func callAsFunction<Scalar: ElementaryScalar>(logit: Scalar, target: Scalar)
    -> LossElement<Scalar>
  {
    let sigmoid = Sigmoid(logit)
    let (p, entropy) = (sigmoid.value, sigmoid.softplus - target * logit)
    let difference = p - target
    guard gamma != 0, difference != 0 else {
      return gamma == 0
        ? LossElement(entropy, gradient: difference) : LossElement(0, gradient: 0)
    }
    let distance = abs(difference)
    let modulation =
      gamma == 2 ? distance * distance : Scalar.power(distance, Scalar(gamma))
    let slope = Scalar(gamma) * modulation / difference * p * (1 - p)
    return LossElement(
      modulation * entropy, gradient: slope * entropy + modulation * difference)
  }
}

/// `−q·(q·log p + (1 − q)·log(1 − p))` where the quality q is above 0, else `−α·p^γ·log(1 − p)`: good
/// positives weigh most, easy background is played down.
///
/// Zhang et al.: *VarifocalNet*, CVPR 2021, eq. 2.
public struct VarifocalLoss: LogitLoss {
  public var alpha: Float
  public var gamma: Float

  public init(alpha: Float, gamma: Float) {
    self.alpha = alpha
    self.gamma = gamma
  }

  @inline(__always)
  public func callAsFunction<Scalar: ElementaryScalar>(logit: Scalar, target: Scalar)
    -> LossElement<Scalar>
  {
    guard target > 0 else {
      // Focal loss of a class that is not there weighs 1 − α.
      return SigmoidFocalLoss(alpha: 1 - alpha, gamma: gamma)(logit: logit, target: 0)
    }
    let entropy = BinaryCrossEntropy()(logit: logit, target: target)
    return LossElement(target * entropy.value, gradient: target * entropy.gradient)
  }
}
