import Foundation

/// A shape rasterised at its place: how much of each pixel it covers.
struct ShapeStencil {
  /// The pixels it was evaluated at, half-open; they may reach beyond the canvas.
  let left: Int
  let top: Int
  let width: Int
  let height: Int
  /// Row by row, 0 to 1: the edge is smoothed over one pixel.
  let coverage: [Float]

  /// - Parameters:
  ///   - radius: of the circle around the shape, pixels.
  ///   - rotation: radians, clockwise on the screen.
  init(
    kind: ShapeKind, centerX: Double, centerY: Double, radius: Double, rotation: Double
  ) {
    left = Int((centerX - radius).rounded(.down)) - 1
    top = Int((centerY - radius).rounded(.down)) - 1
    width = Int((centerX + radius).rounded(.up)) + 1 - left
    height = Int((centerY + radius).rounded(.up)) + 1 - top
    let (sine, cosine) = (sin(rotation), cos(rotation))
    var coverage = [Float](repeating: 0, count: width * height)
    for row in 0..<height {
      let y = (Double(top + row) + 0.5 - centerY) / radius
      for column in 0..<width {
        let x = (Double(left + column) + 0.5 - centerX) / radius
        let distance = kind.distance(cosine * x + sine * y, cosine * y - sine * x) * radius
        coverage[row * width + column] = Float(min(1, max(0, 0.5 - distance)))
      }
    }
    self.coverage = coverage
  }

  /// Calls `body` with canvas x, canvas y and coverage for each pixel covered at least by
  /// `threshold` that lies on the canvas.
  func forEach(
    threshold: Float, canvasWidth: Int, canvasHeight: Int, _ body: (Int, Int, Float) -> Void
  ) {
    for y in max(0, top)..<max(0, top, min(canvasHeight, top + height)) {
      for x in max(0, left)..<max(0, left, min(canvasWidth, left + width)) {
        let share = coverage[(y - top) * width + x - left]
        if share >= threshold { body(x, y, share) }
      }
    }
  }

  /// Pixels covered at least by half, on the canvas or not.
  var area: Int { coverage.reduce(0) { $0 + ($1 >= 0.5 ? 1 : 0) } }
}
