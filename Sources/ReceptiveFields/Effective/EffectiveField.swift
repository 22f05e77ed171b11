/// What of its receptive field a level makes use of: a summary of its ``GradientMap``.
///
/// Luo, Li, Urtasun, Zemel: *Understanding the Effective Receptive Field in Deep Convolutional Neural
/// Networks*, NeurIPS 2016, §2: gradients of a centre cell with respect to the picture. They fall off
/// like a Gaussian, so that most of the theoretical field hardly counts.
package struct EffectiveField: Codable, Hashable, Sendable {
  /// Sides in pixels of the smallest squares around the theoretical field's centre that hold 50, 90
  /// and 95 % of the gradient's absolute values, as the rectangles of Ding et al.: *Scaling Up Your
  /// Kernels to 31×31*, CVPR 2022, §4.1, do; the paper on effective fields counts pixels above a
  /// threshold.
  package var diameter50: Double
  package var diameter90: Double
  package var diameter95: Double
  /// Standard deviation along each axis, in pixels: of all Gaussians the one with these deviations is
  /// the most likely to have given the map.
  package var sigma: AxisPair
  /// Mean position minus the theoretical field's centre, in pixels.
  package var shift: AxisPair
  /// ``diameter90`` over the side of the bottom-up field.
  package var share90: Double
  /// Pictures that the map is the mean of.
  package var pictures: Int
  /// Row and column of the cell.
  package var cell: [Int]

  /// `nil` where no pixel has a gradient, or one is no finite number.
  package init?(_ map: GradientMap, cell: [Int], bottomUp: AxisPair) {
    guard map.isUsable else { return nil }
    (diameter50, diameter90) = (map.side(holding: 0.5), map.side(holding: 0.9))
    diameter95 = map.side(holding: 0.95)
    let (vertical, horizontal) = (map.moments(.vertical), map.moments(.horizontal))
    sigma = AxisPair(vertical.deviation, horizontal.deviation)
    shift = AxisPair(
      vertical.mean - map.center.vertical, horizontal.mean - map.center.horizontal)
    share90 = diameter90 / bottomUp.side
    pictures = map.pictures
    self.cell = cell
  }
}

extension GradientMap {
  fileprivate func moments(_ axis: Axis) -> (mean: Double, deviation: Double) {
    let weights = marginal(axis)
    var mean = 0.0
    for (pixel, weight) in weights.enumerated() { mean += weight * (Double(pixel) + 0.5) }
    var variance = 0.0
    for (pixel, weight) in weights.enumerated() {
      let offset = Double(pixel) + 0.5 - mean
      variance += weight * offset * offset
    }
    return (mean, variance.squareRoot())
  }
}
