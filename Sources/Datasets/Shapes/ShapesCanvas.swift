import Boxes
import Foundation
import RandomNumbers

/// A picture in the making: colours, and which shape is on top at each pixel.
struct ShapesCanvas {
  struct Placement {
    var kind: ShapeKind
    var centerX: Double
    var centerY: Double
    /// Pixels.
    var radius: Double
    /// Radians.
    var rotation: Double
  }

  private struct Placed {
    var box: Box
    var kind: ShapeKind
    /// Pixels of the whole shape, and those on the canvas with no later shape above them.
    var area: Int
    var visible: Int
  }

  private let width: Int
  private let height: Int
  private var colours: [Texture.Colour]
  /// Index of the topmost shape, or −1.
  private var owners: [Int32]
  private var placed: [Placed] = []

  init(width: Int, height: Int, _ generator: inout KeyedGenerator) {
    (self.width, self.height) = (width, height)
    let texture = Texture(
      from: Self.randomColour(&generator), to: Self.randomColour(&generator),
      contrast: generator.uniform(8, 40), extent: Double(max(width, height)), &generator)
    owners = Array(repeating: -1, count: width * height)
    colours = []
    colours.reserveCapacity(width * height)
    for y in 0..<height {
      for x in 0..<width {
        colours.append(
          texture.colour(Double(x) - Double(width) / 2, Double(y) - Double(height) / 2))
      }
    }
  }

  /// Draws a shape, unless it or one below it would stay too little visible, or it is too small.
  mutating func place(
    _ placement: Placement, _ settings: ShapesGenerator.Settings,
    _ generator: inout KeyedGenerator
  ) -> Bool {
    let minimumVisibleShare = settings.minimumVisibleShare
    let stencil = ShapeStencil(
      kind: placement.kind, centerX: placement.centerX, centerY: placement.centerY,
      radius: placement.radius, rotation: placement.rotation)
    let area = stencil.area
    var visible = 0
    var hidden = Array(repeating: 0, count: placed.count)
    var mean = Texture.Colour.zero
    var (left, top, right, bottom) = (width, height, 0, 0)
    stencil.forEach(threshold: 0.5, canvasWidth: width, canvasHeight: height) { x, y, _ in
      visible += 1
      mean += colours[y * width + x]
      let owner = Int(owners[y * width + x])
      if owner >= 0 { hidden[owner] += 1 }
      (left, top) = (min(left, x), min(top, y))
      (right, bottom) = (max(right, x + 1), max(bottom, y + 1))
    }
    guard visible > 0, Double(visible) >= minimumVisibleShare * Double(area),
      Double(max(right - left, bottom - top)) >= settings.minimumSize
    else { return false }
    for (shape, loss) in zip(placed, hidden)
    where Double(shape.visible - loss) < minimumVisibleShare * Double(shape.area) { return false }
    for index in placed.indices { placed[index].visible -= hidden[index] }
    let box = Box(
      left: Float(left), top: Float(top), right: Float(right), bottom: Float(bottom))
    placed.append(Placed(box: box, kind: placement.kind, area: area, visible: visible))
    paint(stencil, placement, over: mean / Double(visible), &generator)
    return true
  }

  private mutating func paint(
    _ stencil: ShapeStencil, _ placement: Placement, over background: Texture.Colour,
    _ generator: inout KeyedGenerator
  ) {
    let texture = Texture(
      from: Self.colour(apartFrom: background, &generator),
      to: Self.colour(apartFrom: background, &generator),
      contrast: generator.uniform(2, 14), extent: 4 * placement.radius, &generator)
    let index = Int32(placed.count - 1)
    stencil.forEach(threshold: 0.001, canvasWidth: width, canvasHeight: height) { x, y, share in
      let pixel = y * width + x
      let colour = texture.colour(
        Double(x) - placement.centerX, Double(y) - placement.centerY)
      colours[pixel] += (colour - colours[pixel]) * Double(share)
      if share >= 0.5 { owners[pixel] = index }
    }
  }

  /// The picture with sensor noise, and its shapes in drawing order.
  func finished(_ generator: inout KeyedGenerator) -> ShapesGenerator.Drawing {
    let amplitude = generator.uniform(0, 10)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(colours.count * 3)
    for colour in colours {
      // Three sums of two 10-bit numbers from one draw: triangular noise in [−1, 1].
      let bits = generator.next()
      for channel in 0..<3 {
        let first = (bits >> UInt64(20 * channel)) & 1023
        let second = (bits >> UInt64(20 * channel + 10)) & 1023
        let noise = (Double(first) + Double(second)) / 1023 - 1
        pixels.append(UInt8(min(255, max(0, (colour[channel] + amplitude * noise).rounded()))))
      }
    }
    let shapes = placed.map {
      ShapesGenerator.Shape(
        box: $0.box, classIndex: $0.kind.rawValue,
        visibleShare: Double($0.visible) / Double($0.area))
    }
    return .init(width: width, height: height, pixels: pixels, shapes: shapes)
  }

  private static func randomColour(_ generator: inout KeyedGenerator) -> Texture.Colour {
    Texture.Colour(
      generator.uniform(20, 235), generator.uniform(20, 235), generator.uniform(20, 235))
  }

  /// A colour at a distance of at least 90 steps, so that the shape stands out from what it covers.
  private static func colour(
    apartFrom background: Texture.Colour, _ generator: inout KeyedGenerator
  ) -> Texture.Colour {
    while true {
      let colour = randomColour(&generator)
      let difference = colour - background
      if (difference * difference).sum() >= 90 * 90 { return colour }
    }
  }
}
