import Images

/// How one picture lies on a canvas: turned by mirroring, scaled, moved.
struct PicturePlacement {
  struct Orientation {
    var isTransposed = false
    var isMirrored = false
    var isUpsideDown = false
  }

  /// Picture point to canvas point; pixel centres at half-integers on both sides.
  let pictureToCanvas: Affine
  /// Where the picture's edges come to lie on the canvas.
  let left: Double
  let top: Double
  let right: Double
  let bottom: Double

  /// - Parameters:
  ///   - scale: canvas pixels for a picture pixel.
  ///   - centerX, centerY: canvas point of the picture's middle.
  init(
    width: Int, height: Int, orientation: Orientation, scale: Double,
    centerX: Double, centerY: Double
  ) {
    let (w, h) = (Double(width), Double(height))
    let (sx, sy) = (
      orientation.isMirrored ? -scale : scale, orientation.isUpsideDown ? -scale : scale
    )
    if orientation.isTransposed {
      pictureToCanvas = Affine(
        a: 0, b: sx, c: centerX - sx * h / 2, d: sy, e: 0, f: centerY - sy * w / 2)
    } else {
      pictureToCanvas = Affine(
        a: sx, b: 0, c: centerX - sx * w / 2, d: 0, e: sy, f: centerY - sy * h / 2)
    }
    let (halfWidth, halfHeight) =
      orientation.isTransposed ? (h * scale / 2, w * scale / 2) : (w * scale / 2, h * scale / 2)
    (left, right) = (centerX - halfWidth, centerX + halfWidth)
    (top, bottom) = (centerY - halfHeight, centerY + halfHeight)
  }

  /// The whole pixels of the canvas that the picture covers within `tile`, by nearest edge:
  /// left, top, right, bottom; nil when there are none.
  func rectangle(in tile: [Int]) -> [Int]? {
    let rectangle = [
      max(tile[0], Int(left.rounded())), max(tile[1], Int(top.rounded())),
      min(tile[2], Int(right.rounded())), min(tile[3], Int(bottom.rounded())),
    ]
    return rectangle[0] < rectangle[2] && rectangle[1] < rectangle[3] ? rectangle : nil
  }
}
