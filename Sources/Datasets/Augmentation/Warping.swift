import Foundation
import Images
import RandomNumbers

/// How much a sample is turned, slanted and tilted about the middle of its canvas, all of its
/// pictures together.
///
/// A target becomes the smallest upright box around its warped corners, which is larger than the
/// object where that does not fill the corners: large angles teach loose boxes, and so the last
/// epochs are trained without (``RecipeMaker/mosaicEnd``).
public struct Warping: Codable, Hashable, Sendable {
  /// Largest turn, degrees either way.
  public var rotation = 0.0
  /// Largest slant of each axis, degrees either way.
  public var shear = 0.0
  /// Largest change of depth from the middle of the canvas to its border, along each axis, as a share
  /// of the depth of the middle: with 0.2 a thing at the border is shown between 0.8 and 1.2 times as
  /// far away.
  public var perspective = 0.0

  public init() {}

  func validate() throws {
    try requireSetting("rotation", rotation, in: 0...180)
    try requireSetting("shear", shear, in: 0...Self.largestShear)
    try requireSetting("perspective", perspective, in: 0...Self.largestPerspective)
  }

  /// Degrees: further on the two axes come close to one line.
  package static let largestShear = 40.0
  /// Along both axes together the depth stays above 0 at the corners of the canvas.
  package static let largestPerspective = 0.4

  func draw(_ generator: inout KeyedGenerator) -> Warp {
    var warp = Warp()
    warp.rotation = generator.uniform(-1, 1) * rotation
    (warp.shearX, warp.shearY) = (
      generator.uniform(-1, 1) * shear, generator.uniform(-1, 1) * shear
    )
    (warp.tiltX, warp.tiltY) = (
      generator.uniform(-1, 1) * perspective, generator.uniform(-1, 1) * perspective
    )
    return warp
  }
}

/// One drawn turn, slant and tilt.
struct Warp: Hashable {
  /// Degrees, clockwise as seen.
  var rotation = 0.0
  /// Degrees by which the vertical and the horizontal axis lean.
  var shearX = 0.0
  var shearY = 0.0
  /// Change of depth from the middle to the right and to the lower border, as a share.
  var tiltX = 0.0
  var tiltY = 0.0

  /// From the upright canvas to the warped one; nil where nothing changes.
  ///
  /// About the middle: `tilt ∘ rotation ∘ shear`, the tilt being the inverse of
  /// `(x, y) ↦ (x, y) / (1 + tiltX · 2x / width + tiltY · 2y / height)`.
  func map(on size: CanvasSize) -> Projective? {
    guard self != Warp() else { return nil }
    let (middleX, middleY) = (Double(size.width) / 2, Double(size.height) / 2)
    let angle = rotation * .pi / 180
    let shear = Affine(
      a: 1, b: tan(shearX * .pi / 180), c: 0, d: tan(shearY * .pi / 180), e: 1, f: 0)
    let turned = Affine.rotation(cosine: cos(angle), sine: sin(angle)).after(shear)
      .after(.translation(-middleX, -middleY))
    let tilt = Projective(Affine(), g: -tiltX / middleX, h: -tiltY / middleY)
    return Projective(.translation(middleX, middleY)).after(tilt).after(Projective(turned))
  }
}
