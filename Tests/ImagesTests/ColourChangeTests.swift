import Images
import Testing

@Suite struct ColourChangeTests {
  private func changed(
    _ colour: Colour, hue: Float = 0, saturation: Float = 1, value: Float = 1
  ) throws -> [Float] {
    var recipe = Recipe(Affine(), width: 1, height: 1)
    recipe.hueShift = hue
    recipe.saturationGain = saturation
    recipe.valueGain = value
    return try recipe.composed(Picture(width: 1, height: 1, filledWith: colour))
  }

  private func near(_ a: [Float], _ b: [Float]) -> Bool {
    zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 }
  }

  @Test func hueOf120DegreesPermutesPureColours() throws {
    let red = Colour(red: 200, green: 0, blue: 0)
    #expect(try near(changed(red, hue: 120), [0, 200, 0]))
    #expect(try near(changed(red, hue: 240), [0, 0, 200]))
    #expect(try near(changed(red, hue: -120), [0, 0, 200]))
    #expect(try near(changed(red, hue: 60), [200, 200, 0]))
    let mixed = Colour(red: 200, green: 120, blue: 40)
    #expect(try near(changed(mixed, hue: 120), [40, 200, 120]))
    #expect(try near(changed(mixed, hue: 720), [200, 120, 40]))
  }

  @Test func valueGainScalesAllChannelsUpTo255() throws {
    let colour = Colour(red: 200, green: 100, blue: 50)
    #expect(try near(changed(colour, value: 0.5), [100, 50, 25]))
    // 200 · 2 ends at 255, and the others keep their share of it.
    #expect(try near(changed(colour, value: 2), [255, 127.5, 63.75]))
  }

  @Test func saturationGainSpreadsChannelsBelowTheLargest() throws {
    let colour = Colour(red: 200, green: 100, blue: 50)
    #expect(try near(changed(colour, saturation: 0), [200, 200, 200]))
    #expect(try near(changed(colour, saturation: 0.5), [200, 150, 125]))
    // Saturation ¾ · 2 ends at 1: the smallest reaches 0, the middle one 200 · (1 − ⅔).
    #expect(try near(changed(colour, saturation: 2), [200, 200.0 / 3, 0]))
  }

  @Test func grayHasNoHueAndBlackNoColour() throws {
    let gray = Colour(red: 90, green: 90, blue: 90)
    #expect(try near(changed(gray, hue: 77, saturation: 2), [90, 90, 90]))
    #expect(try near(changed(.black, hue: 77, saturation: 2, value: 3), [0, 0, 0]))
  }

  @Test func neutralChangeEqualsNone() throws {
    let picture = try noise(width: 50, height: 20)
    let plain = Recipe(.scale(0.7), width: 60, height: 25)
    var turned = plain
    turned.hueShift = 360
    var almost = plain
    almost.hueShift = 1e-5
    #expect(try turned.composed(picture) == plain.composed(picture))
    #expect(try near(almost.composed(picture), plain.composed(picture)))
  }
}
