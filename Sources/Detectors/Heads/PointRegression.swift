import Boxes

/// Distances to the four edges from a candidate's centre, said directly or by bins.
package struct PointRegression: BoxRegression {
  private let head: PointHead
  private let layout: CandidateLayout
  private let boxLoss: OverlapLoss
  private var bins: BinnedDistance<Float>

  init(_ head: PointHead, _ layout: CandidateLayout) {
    self.head = head
    self.layout = layout
    boxLoss = head.boxLoss.overlap ?? OverlapLoss(.ciou)
    bins = BinnedDistance(bins: head.bins)
  }

  /// Largest exponent of ``PointHead/Distance/exponential``.
  private static let largestExponent: Float = 7

  /// A distance in strides and its derivative with respect to the raw value.
  private func distance(_ x: Float) -> (value: Float, slope: Float) {
    switch head.distance {
    case .softplus:
      let sigmoid = Sigmoid(x)
      return (sigmoid.softplus, sigmoid.value)
    case .exponential:
      let value = Float.exponential(min(x, Self.largestExponent))
      return (value, x < Self.largestExponent ? value : 0)
    }
  }

  private mutating func readBins(_ values: CandidateValues, _ candidate: Int, side: Int) {
    bins.update { values[side * head.bins + $0, candidate] }
  }

  package mutating func box(_ values: CandidateValues, _ candidate: Int) -> Box {
    Box(edges: edges(values, candidate))
  }

  private mutating func edges(_ values: CandidateValues, _ candidate: Int) -> SIMD4<Float> {
    var distances = SIMD4<Float>(repeating: 0)
    for side in 0..<4 {
      if head.bins == 1 {
        distances[side] = distance(values[side, candidate]).value
      } else {
        readBins(values, candidate, side: side)
        distances[side] = bins.mean
      }
    }
    let anchor = layout.anchors[candidate]
    let center = SIMD4(anchor.centerX, anchor.centerY, anchor.centerX, anchor.centerY)
    return center + distances * layout.strides[candidate] * Self.outward
  }

  /// Left and top edges move towards smaller coordinates as their distances grow.
  private static let outward = SIMD4<Float>(-1, -1, 1, 1)

  package mutating func loss(
    _ values: CandidateValues, gradients: inout CandidateValues, candidate: Int, target: Box,
    scale: Float
  ) -> SIMD2<Double> {
    let overlap = boxLoss.gradient(
      predicted: edges(values, candidate), target: target.edges)
    // With respect to the distances in strides.
    let slopes =
      overlap.gradient * Self.outward * (layout.strides[candidate] * scale * head.boxWeight)
    var distribution: Float = 0
    if head.bins == 1 {
      for side in 0..<4 {
        gradients[side, candidate] = slopes[side] * distance(values[side, candidate]).slope
      }
    } else {
      for side in 0..<4 {
        readBins(values, candidate, side: side)
        distribution += propagate(
          side, candidate, target, slope: slopes[side], scale, &gradients)
      }
    }
    return SIMD2(
      Double(scale * head.boxWeight * overlap.value), Double(distribution))
  }

  /// Writes one side's gradient; its share of the distribution's loss, the mean over four sides.
  private func propagate(
    _ side: Int, _ candidate: Int, _ target: Box, slope: Float, _ scale: Float,
    _ gradients: inout CandidateValues
  ) -> Float {
    let anchor = layout.anchors[candidate]
    let center = side % 2 == 0 ? anchor.centerX : anchor.centerY
    let wanted = (target.edges[side] - center) * Self.outward[side] / layout.strides[candidate]
    let loss = bins.focalLoss(target: wanted)
    let weight = scale * head.distributionWeight / 4
    for bin in 0..<head.bins {
      gradients[side * head.bins + bin, candidate] =
        slope * bins.meanSlope(bin) + weight * bins.focalSlope(bin, of: loss)
    }
    return weight * loss.value
  }
}
