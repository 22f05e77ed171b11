import Boxes
import Images
import Testing

@Suite struct DrawingTests {
  private let red = Colour(red: 255, green: 0, blue: 0)

  @Test func filledRectangleCoversItsHalfOpenPixels() throws {
    let picture = try Picture(width: 10, height: 8, filledWith: .black)
    let box = Box(left: 2, top: 3, right: 6, bottom: 5)
    try picture.drawRectangle(box, colour: red, thickness: nil)
    for y in 0..<8 {
      for x in 0..<10 {
        let inside = (2..<6).contains(x) && (3..<5).contains(y)
        #expect(picture.pixel(x, y) == (inside ? [255, 0, 0] : [0, 0, 0]), "\(x), \(y)")
      }
    }
  }

  @Test func outlineRunsAlongTheLastPixelsInside() throws {
    let picture = try Picture(width: 20, height: 20, filledWith: .black)
    try picture.draw(Box(left: 4, top: 5, right: 14, bottom: 16), colour: red)
    for (x, y) in [(4, 10), (13, 10), (8, 5), (8, 15)] { #expect(picture.pixel(x, y)[0] == 255) }
    for (x, y) in [(3, 10), (14, 10), (8, 4), (8, 16), (8, 10)] {
      #expect(picture.pixel(x, y)[0] == 0)
    }
  }

  /// A label is legible if letters and tag differ strongly; the tag lies inside the picture.
  @Test(arguments: [64, 200, 640, 1600, 4000]) func labelsShowAtEverySize(side: Int) throws {
    let picture = try Picture(width: side, height: side * 3 / 4, filledWith: .black)
    let size = Float(side)
    try picture.draw(
      Box(left: size * 0.9, top: 1, right: size - 1, bottom: size / 2), colour: red, label: "cat")
    var letters = 0
    var tag = 0
    picture.withPixels { pixels in
      for index in stride(from: 0, to: pixels.count, by: 3) where pixels[index] > 250 {
        if pixels[index + 1] > 200 { letters += 1 } else { tag += 1 }
      }
    }
    // Ink is a share of the tag that grows with its area.
    #expect(letters >= 15 && letters * 20 > tag / 4, "\(letters) \(tag)")
  }

  @Test func grayPicturesTakeTheColoursLuma() throws {
    let picture = try Picture(
      pixels: [UInt8](repeating: 0, count: 100), width: 10, height: 10, channels: 1)
    try picture.drawRectangle(
      Box(left: 0, top: 0, right: 10, bottom: 10), colour: red, thickness: nil)
    #expect(picture.pixel(5, 5) == [76])
  }

  @Test func primitivesDraw() throws {
    let picture = try Picture(width: 60, height: 40, filledWith: .black)
    try picture.drawLine(from: (0, 10.5), to: (60, 10.5), colour: .white)
    try picture.drawEllipse(center: (30, 30), radii: (8, 4), colour: red, thickness: nil)
    #expect(picture.pixel(30, 10)[0] > 200 && picture.pixel(30, 30) == [255, 0, 0])
    #expect(picture.pixel(30, 36) == [0, 0, 0] && picture.pixel(36, 30) == [255, 0, 0])
    let before = picture.withPixels { Array($0) }
    try picture.drawText("é x", at: (2, 38), scale: 0.5, colour: .white)
    #expect(picture.withPixels { Array($0) } != before)
  }

  @Test func impossibleDrawingIsAnError() throws {
    let picture = try Picture(width: 10, height: 10, filledWith: .black)
    let undefined = Box(left: .nan, top: 0, right: 1, bottom: 1)
    #expect(throws: ImageError.self) { try picture.draw(undefined, colour: red, label: "a") }
    let deep = try Picture(pixels: [0, 0, 0] as [UInt16], width: 1, height: 1)
    #expect(throws: ImageError.self) { try deep.drawLine(from: (0, 0), to: (1, 1), colour: red) }
    let far = Box(left: -1e30, top: -1e30, right: 1e30, bottom: 1e30)
    try picture.draw(far, colour: red, label: "a long label that cannot fit in ten pixels")
  }
}
