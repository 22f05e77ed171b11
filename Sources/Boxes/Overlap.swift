/// How well two boxes agree; 1 for equal boxes, and `1 − overlap` is the loss.
public enum OverlapMeasure: String, Hashable, Sendable, Codable, CaseIterable {
  /// Intersection over union.
  case iou
  /// Rezatofighi et al.: *Generalized Intersection over Union*, CVPR 2019, algorithm 1.
  case giou
  /// Zheng et al.: *Distance-IoU Loss*, AAAI 2020, eq. 7.
  case diou
  /// Zheng et al.: *Distance-IoU Loss*, AAAI 2020, eqs. 8 to 11.
  case ciou
}

/// The four edges of a box whose coordinates carry derivatives.
struct DualBox<Scalar: ElementaryScalar> {
  var left: Dual<Scalar>
  var top: Dual<Scalar>
  var right: Dual<Scalar>
  var bottom: Dual<Scalar>

  var width: Dual<Scalar> { right - left }
  var height: Dual<Scalar> { bottom - top }

  /// The edges are the four variables.
  init(variables edges: SIMD4<Scalar>) {
    (left, top, right, bottom) = Dual.variables(edges)
  }

  init(constant edges: SIMD4<Scalar>) {
    self.init(
      left: Dual(edges[0]), top: Dual(edges[1]), right: Dual(edges[2]), bottom: Dual(edges[3]))
  }

  init(left: Dual<Scalar>, top: Dual<Scalar>, right: Dual<Scalar>, bottom: Dual<Scalar>) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  /// Zero for an inverted box, as are its derivatives.
  var area: Dual<Scalar> {
    Dual.maximum(Dual(0), width) * Dual.maximum(Dual(0), height)
  }

  func intersection(_ other: DualBox) -> DualBox {
    DualBox(
      left: .maximum(left, other.left), top: .maximum(top, other.top),
      right: .minimum(right, other.right), bottom: .minimum(bottom, other.bottom))
  }

  func enclosure(_ other: DualBox) -> DualBox {
    DualBox(
      left: .minimum(left, other.left), top: .minimum(top, other.top),
      right: .maximum(right, other.right), bottom: .maximum(bottom, other.bottom))
  }

  /// The overlap of a predicted box (self) with its target; every measure starts from IoU.
  ///
  /// Boxes that do not meet have IoU 0 without a gradient; GIoU, DIoU and CIoU still pull them
  /// together. Where one contains the other, GIoU is IoU, and DIoU and CIoU still centre it. A term
  /// whose denominator is 0 (both boxes without area) is 0.
  func overlap(_ measure: OverlapMeasure, with target: DualBox) -> Dual<Scalar> {
    let shared = intersection(target).area
    let union = area + target.area - shared
    let iou = union.value > 0 ? shared / union : Dual(0)
    switch measure {
    case .iou: return iou
    case .giou: return iou - emptyShare(target, union: union)
    case .diou: return iou - centerDistance(target)
    case .ciou: return iou - centerDistance(target) - aspectPenalty(target, iou: iou)
    }
  }

  /// `(C − U) / C`, C the area of the smallest box around both, U that of their union.
  private func emptyShare(_ target: DualBox, union: Dual<Scalar>) -> Dual<Scalar> {
    let hull = enclosure(target).area
    return hull.value > 0 ? (hull - union) / hull : Dual(0)
  }

  /// `ρ² / c²`: squared distance of the centres over squared diagonal of the enclosing box.
  private func centerDistance(_ target: DualBox) -> Dual<Scalar> {
    let hull = enclosure(target)
    let diagonal = hull.width * hull.width + hull.height * hull.height
    guard diagonal.value > 0 else { return Dual(0) }
    // Sums of opposite edges are twice the centres.
    let x = left + right - target.left - target.right
    let y = top + bottom - target.top - target.bottom
    return (x * x + y * y) / (Dual(4) * diagonal)
  }

  /// `α·v` with `v = 4/π²·(atan(w*/h*) − atan(w/h))²` and `α = v / (1 − IoU + v)`.
  ///
  /// α is a constant of the gradient, as in the paper. The derivative of v keeps its factor
  /// `1 / (w² + h²)`, which the authors' program drops.
  private func aspectPenalty(_ target: DualBox, iou: Dual<Scalar>) -> Dual<Scalar> {
    let difference =
      Dual.arcTangent(y: target.width, x: target.height) - .arcTangent(y: width, x: height)
    let v = Dual(4 / (Scalar.pi * Scalar.pi)) * difference * difference
    let denominator = 1 - iou.value + v.value
    return denominator > 0 ? Dual(v.value / denominator) * v : Dual(0)
  }
}

/// An overlap, or a loss of it, and its partial derivatives.
public struct OverlapGradient<Scalar: ElementaryScalar> {
  public var value: Scalar
  /// With respect to the four variables that the function names.
  public var gradient: SIMD4<Scalar>

  init(_ dual: Dual<Scalar>) { (value, gradient) = (dual.value, dual.partials) }
}

extension Box {
  /// The edges in the order left, top, right, bottom.
  public var edges: SIMD4<Float> { SIMD4(left, top, right, bottom) }

  public init(edges: SIMD4<Float>) {
    self.init(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3])
  }

  public func overlap(_ measure: OverlapMeasure, with target: Box) -> Float {
    overlapGradient(measure, predicted: edges, target: target.edges).value
  }

  /// Intersection over union; 0 where both boxes have no area.
  public func intersectionOverUnion(with other: Box) -> Float {
    let width = min(right, other.right) - max(left, other.left)
    let height = min(bottom, other.bottom) - max(top, other.top)
    guard width > 0, height > 0 else { return 0 }
    let shared = width * height
    return shared / (area + other.area - shared)
  }
}

/// The overlap of a predicted box with its target and its gradient with respect to left, top,
/// right and bottom of the predicted box.
///
/// - Parameters:
///   - predicted: left, top, right, bottom; pixels.
///   - target: left, top, right, bottom; pixels.
package func overlapGradient(
  _ measure: OverlapMeasure, predicted: SIMD4<Float>, target: SIMD4<Float>
) -> OverlapGradient<Float> {
  OverlapGradient(
    DualBox(variables: predicted).overlap(measure, with: DualBox(constant: target)))
}

/// The oracle of the version in Float.
package func overlapGradient(
  _ measure: OverlapMeasure, predicted: SIMD4<Double>, target: SIMD4<Double>
) -> OverlapGradient<Double> {
  OverlapGradient(
    DualBox(variables: predicted).overlap(measure, with: DualBox(constant: target)))
}
