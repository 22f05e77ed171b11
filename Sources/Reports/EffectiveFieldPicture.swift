import Boxes
import Foundation
import Images
import ReceptiveFields

/// A level's gradients as a heat map over the network's input, with the squares that hold 50, 90 and
/// 95 % of them and the bottom-up field.
///
/// Pairs of numbers are down x right. Colours go by the square root of a pixel's part of the largest gradient, so that tails are seen.
package struct EffectiveFieldPicture {
  private static let heading: Float = 58
  private static let footer: Float = 40
  /// Pictures are enlarged by whole factors to at least this.
  private static let leastWidth = 560

  /// As a figure of a report.
  package static func illustration(
    of map: GradientMap, _ level: ReceptiveFieldReport.Level, model: String
  ) throws -> Illustration {
    let data = Data(try picture(of: map, level, model: model).encoded(as: "png"))
    return Illustration(
      "effective-\(level.name)", .png, data,
      alternative: "Gradients of a cell in the middle of \(level.name) over the input")
  }

  package static func picture(
    of map: GradientMap, _ level: ReceptiveFieldReport.Level, model: String
  ) throws -> Picture {
    let factor = max(1, (leastWidth + map.width - 1) / map.width)
    let (width, height) = (map.width * factor, map.height * factor)
    let picture = try Picture(
      width: width, height: height + Int(heading + footer), filledWith: .white)
    fill(picture, map, factor)
    try picture.drawText(
      "\(model) \(level.name): gradients of a cell in the middle", at: (12, 24), scale: 0.6,
      colour: .ink)
    if let field = level.effective {
      let sides = [field.diameter50, field.diameter90, field.diameter95]
      for side in sides { try outline(picture, map, AxisPair(side, side), factor, .white) }
      try picture.drawText(
        String(
          format: "50, 90, 95 %% in squares of %.0f, %.0f, %.0f px; sigma %.1f x %.1f", sides[0],
          sides[1], sides[2], field.sigma.vertical, field.sigma.horizontal), at: (12, 46),
        scale: 0.5, colour: .ink)
    }
    let bottomUp = level.receptiveField.bottomUp
    try outline(picture, map, bottomUp, factor, .cell)
    try picture.drawText(
      String(
        format: "white: squares; orange: bottom-up field, %.0f x %.0f px; colour: square root",
        bottomUp.vertical, bottomUp.horizontal),
      at: (12, Float(height) + heading + 26), scale: 0.5, colour: .ink)
    return picture
  }

  private static func fill(_ picture: Picture, _ map: GradientMap, _ factor: Int) {
    let largest = map.largest
    picture.withMutablePixels { pixels in
      for row in 0..<map.height * factor {
        let start = (row + Int(heading)) * map.width * factor
        for column in 0..<map.width * factor {
          let value = map[row / factor, column / factor]
          let colour = heat(largest > 0 ? (value / largest).squareRoot() : 0)
          for (channel, part) in [colour.red, colour.green, colour.blue].enumerated() {
            pixels[3 * (start + column) + channel] = part
          }
        }
      }
    }
  }

  /// A rectangle around the field's centre; what lies beyond the picture is cut off.
  private static func outline(
    _ picture: Picture, _ map: GradientMap, _ sides: AxisPair, _ factor: Int, _ colour: Colour
  ) throws {
    let scale = Double(factor)
    let (y, x) = (map.center.vertical * scale, map.center.horizontal * scale)
    let (down, across) = (sides.vertical * scale / 2, sides.horizontal * scale / 2)
    let box = Box(
      left: Float(x - across), top: Float(y - down), right: Float(x + across),
      bottom: Float(y + down)
    ).clipped(
      to: Box(
        left: 0, top: 0, right: Float(map.width * factor), bottom: Float(map.height * factor)))
    try picture.drawRectangle(
      Box(
        left: box.left, top: box.top + heading, right: box.right - 1,
        bottom: box.bottom - 1 + heading), colour: colour, thickness: 2)
  }

  /// Matplotlib's *viridis* at nine places, in between linear: Smith, van der Walt, 2015; its
  /// lightness rises evenly.
  private static let stops: [SIMD3<Double>] = [
    [68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129],
    [92, 200, 99], [170, 220, 50], [253, 231, 37],
  ]

  private static func heat(_ value: Double) -> Colour {
    let place = min(1, max(0, value)) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let mixed = stops[index] + (stops[index + 1] - stops[index]) * (place - Double(index))
    return Colour(
      red: UInt8(mixed.x.rounded()), green: UInt8(mixed.y.rounded()),
      blue: UInt8(mixed.z.rounded()))
  }
}
