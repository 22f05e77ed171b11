/// The pixels that a value's cells see along one axis: cell `i` sees from edge `slope·i + lower` to
/// edge `slope·i + upper`.
///
/// Pixel `p` lies between the edges `p` and `p + 1`, so its centre is `p + ½`. The slope is the
/// cumulative stride Π sᵢ, and composing with a window of kernel `k` and dilation `d` adds
/// `d·(k − 1)·Π sᵢ` to the span: rₗ = rₗ₋₁ + (kₗ − 1)·Π sᵢ.
///
/// Araujo, Norris, Sim: *Computing Receptive Fields of Convolutional Neural Networks*, Distill 2019,
/// eqs. 1–4.
package struct Reach: Hashable, Sendable {
  package var slope: Rational
  package var lower: Rational
  package var upper: Rational

  package init(slope: Rational, lower: Rational, upper: Rational) {
    self.slope = slope
    self.lower = lower
    self.upper = upper
  }

  /// A picture's own pixels.
  package static let pixel = Reach(slope: 1, lower: 0, upper: 1)

  /// The receptive field's size in pixels, borders ignored.
  package var span: Rational { upper - lower }

  /// Where the first cell's field is centred, in pixels.
  package var center: Rational { (lower + upper) * Rational(1, 2) }

  /// How far a cell's field is centred from `(i + ½)·slope`, where decoding takes the cell to be.
  package var drift: Rational { center - slope * Rational(1, 2) }

  package func lowerEdge(_ cell: Int) -> Rational { slope * Rational(cell) + lower }

  package func upperEdge(_ cell: Int) -> Rational { slope * Rational(cell) + upper }

  /// What the output cells of an operator over this value see.
  func composed(with step: AxisStep) -> Reach {
    let (rate, first, last) = step.envelope
    return Reach(slope: slope * rate, lower: slope * first + lower, upper: slope * last + upper)
  }
}
