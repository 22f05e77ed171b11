import Boxes
import Images
import RandomNumbers

/// Shows a window of a picture that holds at least one of its objects whole.
///
/// For samples of one picture, which is first fitted to the canvas whole, turned, and warped as
/// ``Warping`` says. One of the objects that lie on the canvas whole is drawn; then a window in the
/// canvas's shape: its size between ``minimumSize`` and 1, or as large as that object needs if that is
/// more; its place uniform among those where the window lies on the canvas and the object in the
/// window. The window is enlarged to the canvas, in the same one resampling; the scale and shift of
/// other samples do not apply. A picture without such an object is shown whole.
///
/// After the sampling of patches in Liu, Anguelov, Erhan, Szegedy, Reed, Fu, Berg: *SSD*, ECCV 2016,
/// §2.2, where a window is accepted by its overlap with an object.
public struct Cropping: Codable, Hashable, Sendable {
  /// That a sample of one picture is such a window.
  public var probability = 0.0
  /// Smallest window, as a share of the canvas's sides.
  public var minimumSize = 0.3

  public init() {}

  func validate() throws {
    try requireSetting("crop", probability, in: 0...1)
    try requireSetting("cropMinimum", minimumSize, in: 0.05...1)
  }

  /// From the canvas that shows everything to the one that shows the window; nil where no object lies
  /// on the canvas whole.
  ///
  /// - Parameter objects: boxes on the canvas, not cut.
  package func window(
    around objects: [Box], on size: CanvasSize, _ generator: inout KeyedGenerator
  ) -> Affine? {
    let (width, height) = (Double(size.width), Double(size.height))
    let canvas = Box(left: 0, top: 0, right: Float(width), bottom: Float(height))
    // An object up to the picture's edge may be rounded beyond the canvas's.
    let candidates = objects.filter {
      let cut = $0.clipped(to: canvas)
      return cut.area > 0 && max($0.width - cut.width, $0.height - cut.height) < 0.01
    }.map { $0.clipped(to: canvas) }
    guard !candidates.isEmpty else { return nil }
    let object = candidates[generator.index(below: candidates.count)]
    let needed = max(Double(object.width) / width, Double(object.height) / height)
    let share = min(1, max(needed, generator.uniform(minimumSize, 1)))
    /// Where a side of the window may begin.
    func start(_ low: Float, _ high: Float, _ side: Double) -> Double {
      let first = max(0, Double(high) - share * side)
      let last = max(first, min(Double(low), side - share * side))
      return generator.uniform(first, last)
    }
    let left = start(object.left, object.right, width)
    let top = start(object.top, object.bottom, height)
    return Affine.scale(1 / share).after(.translation(-left, -top))
  }
}
