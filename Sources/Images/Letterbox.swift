import Boxes

/// A picture fitted whole into a canvas, its shape kept, bars where the shapes differ.
///
/// canvas = picture · scale + (left, top). The offset is of whole pixels, so that a picture which
/// needs no scaling keeps its pixels unchanged; the bars differ by at most one pixel.
public struct Letterbox: Hashable, Sendable {
  public let pictureWidth: Int
  public let pictureHeight: Int
  public let canvasWidth: Int
  public let canvasHeight: Int
  /// Canvas pixels per picture pixel.
  public let scale: Double
  /// Width of the left bar, in canvas pixels.
  public let left: Double
  /// Height of the top bar, in canvas pixels.
  public let top: Double

  /// - Parameter enlarges: when false, a picture smaller than the canvas keeps its size.
  public init(
    pictureWidth: Int, pictureHeight: Int, canvasWidth: Int, canvasHeight: Int,
    enlarges: Bool = true
  ) {
    precondition(
      min(pictureWidth, pictureHeight, canvasWidth, canvasHeight) > 0,
      "a letterbox needs pixels: \(pictureWidth)×\(pictureHeight) into "
        + "\(canvasWidth)×\(canvasHeight)")
    self.pictureWidth = pictureWidth
    self.pictureHeight = pictureHeight
    self.canvasWidth = canvasWidth
    self.canvasHeight = canvasHeight
    let fit = min(
      Double(canvasWidth) / Double(pictureWidth), Double(canvasHeight) / Double(pictureHeight))
    scale = enlarges ? fit : min(1, fit)
    left = ((Double(canvasWidth) - Double(pictureWidth) * scale) / 2).rounded(.down)
    top = ((Double(canvasHeight) - Double(pictureHeight) * scale) / 2).rounded(.down)
  }

  public var pictureToCanvas: Affine {
    Affine(a: scale, b: 0, c: left, d: 0, e: scale, f: top)
  }

  public var canvasToPicture: Affine {
    Affine(a: 1 / scale, b: 0, c: -left / scale, d: 0, e: 1 / scale, f: -top / scale)
  }

  /// A box in picture pixels, as it lies on the canvas.
  public func toCanvas(_ box: Box) -> Box { pictureToCanvas(box) }

  /// A box on the canvas, in picture pixels; it may reach beyond the picture.
  public func toPicture(_ box: Box) -> Box { canvasToPicture(box) }

  /// The recipe that draws the picture with the given index onto the canvas.
  public func recipe(picture: Int = 0) -> Recipe {
    Recipe(
      width: canvasWidth, height: canvasHeight,
      sources: [
        Recipe.Source(
          picture: picture, canvasToPicture: canvasToPicture,
          rectangle: [0, 0, canvasWidth, canvasHeight])
      ])
  }
}
