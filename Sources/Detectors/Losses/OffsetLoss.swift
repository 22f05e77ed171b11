import Boxes

/// Trains a box that is predicted as offsets from an anchor, be that an anchor or a proposal.
public struct OffsetLoss: Sendable {
  public var coding: BoxCoding
  public var boxLoss: BoxLoss
  /// Where Smooth-L1 bends.
  public var smoothL1Beta: Float

  public init(coding: BoxCoding = BoxCoding(), boxLoss: BoxLoss, smoothL1Beta: Float = 1) {
    self.coding = coding
    self.boxLoss = boxLoss
    self.smoothL1Beta = smoothL1Beta
  }

  /// The loss and its gradient with respect to the offsets.
  ///
  /// - Parameters:
  ///   - offsets: dx, dy, dw, dh, as `coding` has them.
  ///   - anchor: pixels, with an area.
  ///   - target: pixels, with an area.
  public func callAsFunction(_ offsets: SIMD4<Float>, anchor: Box, target: Box) -> (
    value: Float, gradient: SIMD4<Float>
  ) {
    if let loss = boxLoss.overlap {
      let overlap = coding.gradient(of: loss, offsets: offsets, anchor: anchor, target: target)
      return (overlap.value, overlap.gradient)
    }
    guard let loss = boxLoss.difference(beta: smoothL1Beta) else {
      preconditionFailure("box loss \(boxLoss.rawValue) is of neither kind")
    }
    let wanted = coding.encode(target, anchor: anchor)
    var (total, gradient): (Float, SIMD4<Float>) = (0, .zero)
    for index in 0..<4 {
      let element = loss(offsets[index], target: wanted[index])
      total += element.value
      gradient[index] = element.gradient
    }
    return (total, gradient)
  }
}
