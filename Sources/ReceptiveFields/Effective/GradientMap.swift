/// How strongly a cell depends on each pixel: the mean over pictures of |∂cell / ∂pixel|, summed over
/// the picture's channels.
///
/// Pixel (row, column) covers the unit square from (row, column) on; centres lie at half-integers.
package struct GradientMap: Hashable, Sendable {
  package let height: Int
  package let width: Int
  /// Where the cell's theoretical field is centred; pixels.
  package let center: AxisPair
  /// Pictures added.
  package private(set) var pictures = 0
  /// Row by row: the sum over the pictures.
  private var sums: [Double]

  package init(height: Int, width: Int, center: AxisPair) {
    self.height = height
    self.width = width
    self.center = center
    sums = [Double](repeating: 0, count: height * width)
  }

  /// - Parameter gradient: of one picture, `[channels, height, width]`.
  package mutating func add(_ gradient: UnsafePointer<Float>, channels: Int) {
    pictures += 1
    for channel in 0..<channels {
      let plane = gradient + channel * sums.count
      for pixel in sums.indices { sums[pixel] += Double(abs(plane[pixel])) }
    }
  }

  package subscript(row: Int, column: Int) -> Double {
    sums[row * width + column] / Double(max(1, pictures))
  }

  package var largest: Double { (sums.max() ?? 0) / Double(max(1, pictures)) }

  /// Whether there is anything to measure.
  package var isUsable: Bool {
    let total = sums.reduce(0, +)
    return total.isFinite && total > 0
  }

  /// Sums along the other axis, scaled to 1 in all.
  func marginal(_ axis: Axis) -> [Double] {
    let total = sums.reduce(0, +)
    return switch axis {
    case .vertical:
      (0..<height).map { row in
        sums[row * width..<(row + 1) * width].reduce(0, +) / total
      }
    case .horizontal:
      (0..<width).map { column in
        (0..<height).reduce(0) { $0 + sums[$1 * width + column] } / total
      }
    }
  }

  /// The share of all that lies in a square around ``center``; what a pixel has is spread over it
  /// evenly.
  func share(inSquareOf side: Double) -> Double {
    func covered(_ count: Int, _ middle: Double) -> [Double] {
      (0..<count).map { pixel in
        max(0, min(Double(pixel + 1), middle + side / 2) - max(Double(pixel), middle - side / 2))
      }
    }
    let columns = covered(width, center.horizontal)
    var inside = 0.0
    for (row, part) in covered(height, center.vertical).enumerated() where part > 0 {
      var line = 0.0
      for column in 0..<width { line += columns[column] * sums[row * width + column] }
      inside += part * line
    }
    return inside / sums.reduce(0, +)
  }

  /// The side of the smallest square around ``center`` that holds a share of all.
  func side(holding share: Double) -> Double {
    // Twice the larger side covers the picture from any centre in it.
    var (low, high) = (0.0, 2 * Double(max(height, width)))
    while high - low > 1e-6 {
      let middle = (low + high) / 2
      if self.share(inSquareOf: middle) < share { low = middle } else { high = middle }
    }
    return high
  }
}
