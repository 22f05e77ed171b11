/// A loss of a predicted box against its target, made of how well they overlap.
///
/// What happens to boxes that
/// - do not meet: IoU is 0 without a gradient, and so is its loss constant; GIoU, DIoU, CIoU and the
///   corners' distance pull them together;
/// - contain one another: GIoU is IoU, and its gradient fits the extents alone; DIoU and CIoU also
///   bring the centres together, the corners' distance the corners;
/// - have no area: where the target has some the IoU is 0, with a gradient only along edges that
///   would open the box; where neither has, every term whose denominator is 0 is 0.
public struct OverlapLoss: Hashable, Sendable {
  public var measure: OverlapMeasure
  /// `−ln(overlap)` in place of `1 − overlap`; of the IoU alone, others may be negative. Yu et al.:
  /// *UnitBox*, ACM Multimedia 2016, §3.1.
  public var isLogarithmic = false
  /// Adds ``DualBox/cornerDistance(_:)``: *CDIoU*'s loss around any of the measures.
  public var controlsDistance = false

  public init(
    _ measure: OverlapMeasure, isLogarithmic: Bool = false, controlsDistance: Bool = false
  ) {
    precondition(!isLogarithmic || measure == .iou, "\(measure.rawValue) has no logarithm")
    self.measure = measure
    self.isLogarithmic = isLogarithmic
    self.controlsDistance = controlsDistance
  }

  /// Overlaps below it count as so much, without a gradient: MMDetection's bound.
  private static let leastOverlap = 1e-6

  func callAsFunction<Scalar>(_ predicted: DualBox<Scalar>, target: DualBox<Scalar>)
    -> Dual<Scalar>
  {
    let overlap = predicted.overlap(measure, with: target)
    let loss =
      isLogarithmic
      ? Dual(0) - .logarithm(.maximum(Dual(Scalar(Self.leastOverlap)), overlap))
      : Dual(1) - overlap
    return controlsDistance ? loss + predicted.cornerDistance(target) : loss
  }

  /// The loss of a predicted box and its gradient with respect to its left, top, right and bottom.
  ///
  /// - Parameters:
  ///   - predicted: left, top, right, bottom; pixels.
  ///   - target: left, top, right, bottom; pixels.
  public func gradient<Scalar: ElementaryScalar>(
    predicted: SIMD4<Scalar>, target: SIMD4<Scalar>
  ) -> OverlapGradient<Scalar> {
    OverlapGradient(self(DualBox(variables: predicted), target: DualBox(constant: target)))
  }
}

extension DualBox {
  /// `(|AE| + |BF| + |CG| + |DH|) / (4·|WY|)`: the mean distance of like corners, as a part of the
  /// diagonal of the smallest box around both.
  ///
  /// Chen, Miao: *Control Distance IoU and Control Distance IoU Loss Function*, 2021, eqs. 3 and 5.
  func cornerDistance(_ target: DualBox) -> Dual<Scalar> {
    let hull = enclosure(target)
    let diagonal = Dual.squareRoot(hull.width * hull.width + hull.height * hull.height)
    guard diagonal.value > 0 else { return Dual(0) }
    let (l, t, r, b) = (
      left - target.left, top - target.top, right - target.right, bottom - target.bottom
    )
    let sum =
      Dual.squareRoot(l * l + t * t) + .squareRoot(r * r + t * t) + .squareRoot(l * l + b * b)
      + .squareRoot(r * r + b * b)
    return sum / (Dual(4) * diagonal)
  }
}
