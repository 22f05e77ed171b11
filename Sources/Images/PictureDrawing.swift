import Boxes
import CBridge

/// A colour of 8 bits a channel.
public struct Colour: Hashable, Sendable, Codable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  public static let black = Colour(red: 0, green: 0, blue: 0)
  public static let white = Colour(red: 255, green: 255, blue: 255)

  fileprivate var bridged: cb_colour { cb_colour(red: red, green: green, blue: blue) }
}

/// Drawing changes the picture in place; the caller must be the only one to use it. Coordinates are
/// pixels, (½, ½) the centre of the first one. Only 8-bit pictures can be drawn into.
extension Picture {
  /// Draws a box's outline, with a label on a filled tag; line width and text size follow the
  /// picture's size, so that both are legible at any. Characters beyond ASCII become "?".
  public func draw(_ box: Box, colour: Colour, label: String? = nil) throws(ImageError) {
    try ImageError.check("picture") { message, capacity in
      cb_draw_box(
        handle, box.left, box.top, box.right, box.bottom, colour.bridged, label, message, capacity)
    }
  }

  /// - Parameter thickness: pixels; nil fills.
  public func drawRectangle(
    _ box: Box, colour: Colour, thickness: Int? = 1
  ) throws(ImageError) {
    try ImageError.check("picture") { message, capacity in
      cb_draw_rectangle(
        handle, box.left, box.top, box.right, box.bottom, colour.bridged,
        Int32(clamping: thickness ?? -1), message, capacity)
    }
  }

  /// - Parameter thickness: pixels.
  public func drawLine(
    from start: (x: Float, y: Float), to end: (x: Float, y: Float), colour: Colour,
    thickness: Int = 1
  ) throws(ImageError) {
    try ImageError.check("picture") { message, capacity in
      cb_draw_line(
        handle, start.x, start.y, end.x, end.y, colour.bridged, Int32(clamping: thickness),
        message, capacity)
    }
  }

  /// - Parameters:
  ///   - radii: half the axes, in pixels.
  ///   - degrees: how far the ellipse is turned, clockwise as seen.
  ///   - thickness: pixels; nil fills.
  public func drawEllipse(
    center: (x: Float, y: Float), radii: (x: Float, y: Float), degrees: Float = 0,
    colour: Colour, thickness: Int? = 1
  ) throws(ImageError) {
    try ImageError.check("picture") { message, capacity in
      cb_draw_ellipse(
        handle, center.x, center.y, radii.x, radii.y, degrees, colour.bridged,
        Int32(clamping: thickness ?? -1), message, capacity)
    }
  }

  /// - Parameters:
  ///   - position: the left end of the base line.
  ///   - scale: 1 is text about 22 pixels high.
  public func drawText(
    _ text: String, at position: (x: Float, y: Float), scale: Float = 1, colour: Colour
  ) throws(ImageError) {
    try ImageError.check("picture") { message, capacity in
      cb_draw_text(
        handle, text, position.x, position.y, scale, colour.bridged, message, capacity)
    }
  }
}
