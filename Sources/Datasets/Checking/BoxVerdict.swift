import Boxes

/// Whether a box lies in its picture as it should, and what of it does.
enum BoxVerdict: Hashable {
  case fine(Box)
  case clipped(Box)
  case outside
  case noArea
  case inverted

  /// Annotations rounded to a hundredth of a pixel reach over the edge by no more than that.
  private static let tolerance = 0.01

  init(_ written: Annotation.Written, width: Int, height: Int) {
    let right = written.x + written.width
    let bottom = written.y + written.height
    if written.width < 0 || written.height < 0 {
      self = .inverted
      return
    }
    if written.width == 0 || written.height == 0 {
      self = .noArea
      return
    }
    let whole = Box(
      left: Float(written.x), top: Float(written.y), right: Float(right), bottom: Float(bottom))
    let box = whole.clipped(
      to: Box(left: 0, top: 0, right: Float(width), bottom: Float(height)))
    let reachesOver =
      written.x < -Self.tolerance || written.y < -Self.tolerance
      || right > Double(width) + Self.tolerance || bottom > Double(height) + Self.tolerance
    self = box.area <= 0 ? .outside : reachesOver ? .clipped(box) : .fine(box)
  }

  /// What of the box lies in the picture.
  var box: Box? {
    switch self {
    case .fine(let box), .clipped(let box): box
    case .outside, .noArea, .inverted: nil
    }
  }
}

extension Box {
  /// Above this two boxes of a class in one picture are the same object annotated twice: hands that
  /// draw two touching objects do not come as close.
  static let sameObjectOverlap: Float = 0.95

  /// Intersection over union; 1 for equal boxes.
  func overlap(_ other: Box) -> Float {
    let shared = clipped(to: other).area
    let union = area + other.area - shared
    return self == other ? 1 : union > 0 ? shared / union : 0
  }
}
