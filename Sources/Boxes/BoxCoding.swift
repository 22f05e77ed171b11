import Glibc

/// Boxes as offsets from anchors.
///
/// `dx = w_x·(x − x_a)/w_a`, `dy` likewise, `dw = w_w·log(w/w_a)`, `dh` likewise; x, y centres,
/// w, h extents, a the anchor.
///
/// Girshick et al.: *Rich Feature Hierarchies*, CVPR 2014, appendix C.
public struct BoxCoding: Hashable, Sendable, Codable {
  /// Factors on dx, dy, dw, dh. RetinaNet leaves them at 1; Fast R-CNN has 10, 10, 5, 5.
  public var weights: [Float] = [1, 1, 1, 1]
  /// Bound on `log(w/w_a)`: a box grows at most 62.5-fold (1000/16, from Fast R-CNN's program), so
  /// that an untrained network cannot overflow. Beyond it the gradient is 0.
  public var largestLogarithm: Float = 4.135_166_6

  public init() {}

  /// - Precondition: anchor and box have an area.
  public func encode(_ box: Box, anchor: Box) -> SIMD4<Float> {
    SIMD4(
      (box.centerX - anchor.centerX) / anchor.width, (box.centerY - anchor.centerY) / anchor.height,
      logf(box.width / anchor.width), logf(box.height / anchor.height)) * factors
  }

  public func decode(_ offsets: SIMD4<Float>, anchor: Box) -> Box {
    let decoded = dualBox(.init(variables: offsets), anchor: anchor.edges)
    return Box(
      left: decoded.left.value, top: decoded.top.value, right: decoded.right.value,
      bottom: decoded.bottom.value)
  }

  /// The overlap of the decoded box with its target and its gradient with respect to the offsets.
  package func overlapGradient(
    _ measure: OverlapMeasure, offsets: SIMD4<Float>, anchor: Box, target: Box
  ) -> OverlapGradient<Float> {
    OverlapGradient(
      dualBox(DualBox(variables: offsets), anchor: anchor.edges)
        .overlap(measure, with: DualBox(constant: target.edges)))
  }

  /// The oracle of the version in Float.
  package func overlapGradient(
    _ measure: OverlapMeasure, offsets: SIMD4<Double>, anchor: SIMD4<Double>, target: SIMD4<Double>
  ) -> OverlapGradient<Double> {
    OverlapGradient(
      dualBox(DualBox(variables: offsets), anchor: anchor)
        .overlap(measure, with: DualBox(constant: target)))
  }

  /// A loss of the decoded box against its target, and its gradient with respect to the offsets.
  ///
  /// - Parameters:
  ///   - offsets: dx, dy, dw, dh.
  ///   - anchor: pixels, with an area.
  ///   - target: pixels.
  public func gradient(
    of loss: OverlapLoss, offsets: SIMD4<Float>, anchor: Box, target: Box
  ) -> OverlapGradient<Float> {
    OverlapGradient(
      loss(
        dualBox(DualBox(variables: offsets), anchor: anchor.edges),
        target: DualBox(constant: target.edges)))
  }

  private var factors: SIMD4<Float> {
    precondition(weights.count == 4, "box coding needs 4 weights, got \(weights.count)")
    return SIMD4(weights[0], weights[1], weights[2], weights[3])
  }

  /// - Parameter offsets: dx, dy, dw, dh in the places of left, top, right, bottom.
  private func dualBox<Scalar>(_ offsets: DualBox<Scalar>, anchor: SIMD4<Scalar>)
    -> DualBox<Scalar>
  {
    let width = Dual(anchor[2] - anchor[0])
    let height = Dual(anchor[3] - anchor[1])
    let bound = Dual(Scalar(largestLogarithm))
    let half = Dual(Scalar(0.5))
    func factor(_ index: Int) -> Dual<Scalar> { Dual(Scalar(weights[index])) }
    let x = offsets.left / factor(0) * width + Dual((anchor[0] + anchor[2]) / 2)
    let y = offsets.top / factor(1) * height + Dual((anchor[1] + anchor[3]) / 2)
    let w = Dual.exponential(.minimum(bound, offsets.right / factor(2))) * width * half
    let h = Dual.exponential(.minimum(bound, offsets.bottom / factor(3))) * height * half
    return DualBox(left: x - w, top: y - h, right: x + w, bottom: y + h)
  }
}
