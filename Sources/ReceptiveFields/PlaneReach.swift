import Networks

/// A reach along each axis.
package struct PlaneReach: Hashable, Sendable {
  package var vertical: Reach
  package var horizontal: Reach

  package init(vertical: Reach, horizontal: Reach) {
    self.vertical = vertical
    self.horizontal = horizontal
  }

  package subscript(axis: Axis) -> Reach { axis == .vertical ? vertical : horizontal }

  /// The receptive field in pixels, borders ignored; what saw a global mean sees the whole picture.
  package func size(in picture: Shape) -> AxisPair {
    AxisPair { self[$0].slope == 0 ? Rational($0.extent(picture)) : self[$0].span }
  }

  /// Pixels from one cell's centre to the next one's.
  package var stride: AxisPair { AxisPair { self[$0].slope } }

  /// The centre of the first cell's field in pixels, pixel centres at i + ½.
  package var center: AxisPair { AxisPair { self[$0].center } }

  /// How far fields are centred from `(i + ½)·stride`.
  package var drift: AxisPair { AxisPair { self[$0].drift } }
}
