import Images
import Testing

@Suite struct RecipeTests {
  /// Two rows of three gray pixels: 0 10 20 / 100 110 120.
  private func small() throws -> Picture {
    try Picture(pixels: [0, 10, 20, 100, 110, 120] as [UInt8], width: 3, height: 2, channels: 1)
  }

  private func firstPlane(_ recipe: Recipe, _ picture: Picture) throws -> [Float] {
    Array(try recipe.composed(picture).prefix(recipe.width * recipe.height))
  }

  @Test(arguments: [1, 3, 4]) func identityKeepsEveryPixel(channels: Int) throws {
    let picture = try noise(width: 37, height: 11, channels: channels)
    let planes = try Recipe(Affine(), width: 37, height: 11).composed(picture)
    for y in 0..<11 {
      for x in 0..<37 {
        for channel in 0..<3 {
          let expected = picture.pixel(x, y)[channels == 1 ? 0 : channel]
          #expect(planes[(channel * 11 + y) * 37 + x] == Float(expected))
        }
      }
    }
  }

  @Test func shiftByHalfAveragesNeighbours() throws {
    // Canvas centre ½ falls on 1, the border of the first two pixels; 2½ on the right edge, which
    // is outside.
    let right = Recipe(.translation(0.5, 0), width: 3, height: 2, fill: [7, 7, 7])
    #expect(try firstPlane(right, small()) == [5, 15, 7, 105, 115, 7])
    // ½ falls on the left edge, which is inside: the border pixel reaches there.
    let left = Recipe(.translation(-0.5, 0), width: 3, height: 2)
    #expect(try firstPlane(left, small()) == [0, 5, 15, 100, 105, 115])
    let down = Recipe(.translation(0, 0.5), width: 3, height: 2, fill: [7, 7, 7])
    #expect(try firstPlane(down, small()) == [50, 60, 70, 7, 7, 7])
  }

  @Test func flipMirrors() throws {
    let recipe = Recipe(.horizontalFlip(width: 3), width: 3, height: 2)
    #expect(try firstPlane(recipe, small()) == [20, 10, 0, 120, 110, 100])
  }

  @Test func quarterTurnMovesRowsToColumns() throws {
    // Canvas (x, y) takes picture (y, 2 − x): the first canvas column is the lower row.
    let turn = Affine(a: 0, b: 1, c: 0, d: -1, e: 0, f: 2)
    let recipe = Recipe(turn, width: 2, height: 3)
    #expect(try firstPlane(recipe, small()) == [100, 0, 110, 10, 120, 20])
  }

  @Test func enlargingByTwoWeighsQuarters() throws {
    // Canvas centres ½, 1½, 2½ … fall on ¼, ¾, 1¼ …, that is −¼, ¼, ¾ … from the first centre.
    let recipe = Recipe(.scale(0.5, 1), width: 6, height: 1)
    #expect(try firstPlane(recipe, small()) == [0, 2.5, 7.5, 12.5, 17.5, 20])
  }

  @Test func halvingAveragesSquares() throws {
    let picture = try Picture(
      pixels: [0, 10, 20, 30, 100, 110, 120, 130] as [UInt8], width: 4, height: 2, channels: 1)
    #expect(try firstPlane(Recipe(.scale(2), width: 2, height: 1), picture) == [55, 75])
  }

  @Test func shrinkingByFourAveragesSquaresOfSixteen() throws {
    let picture = try noise(width: 32, height: 24)
    let planes = try Recipe(.scale(4), width: 8, height: 6).composed(picture)
    for y in 0..<6 {
      for x in 0..<8 {
        let block = (0..<16).map { picture.pixel(4 * x + $0 % 4, 4 * y + $0 / 4)[1] }
        let mean = Float(block.reduce(0, +)) / 16
        // The smaller copy is rounded to whole values.
        #expect(abs(planes[(6 + y) * 8 + x] - mean) <= 0.5)
      }
    }
    #expect(picture.byteCount == 32 * 24 * 3 + 16 * 12 * 3)
  }

  @Test func strongShrinkingKeepsTheMeanOfOddSizes() throws {
    let picture = try noise(width: 1001, height: 77)
    let planes = try Recipe(.scale(1001.0 / 20, 77.0 / 3), width: 20, height: 3).composed(picture)
    let mean = planes.reduce(0, +) / Float(planes.count)
    #expect(abs(mean - 127.5) < 2)
    #expect(planes.allSatisfy { abs($0 - 127.5) < 30 })
  }

  @Test func smallerCopiesFollowWhatIsDrawn() throws {
    let picture = try Picture(width: 64, height: 64, filledWith: .black)
    let recipe = Recipe(.scale(8), width: 8, height: 8)
    #expect(try recipe.composed(picture).allSatisfy { $0 == 0 })
    picture.withMutablePixels { $0.update(repeating: 200) }
    #expect(try recipe.composed(picture).allSatisfy { $0 == 200 })
  }

  @Test func fillStandsWhereNoPictureLandsAndTakesScaleAndOffset() throws {
    var recipe = Recipe(.translation(-1, 0), width: 5, height: 2, fill: [10, 20, 30])
    recipe.valueGain = 0.5
    let planes = try recipe.composed(pictures: { _ in try small() }, scale: 2, offset: 1)
    #expect(planes[0..<5] == [21, 1, 11, 21, 21])
    #expect(planes[10] == 41 && planes[20] == 61)
    let empty = Recipe(width: 2, height: 1, sources: [])
    #expect(
      try empty.composed(pictures: { _ in try small() }, scale: 1) == [
        114, 114, 114, 114, 114, 114,
      ])
  }

  @Test func laterSourcesOverwriteWithinTheirRectangles() throws {
    let colours = [Colour(red: 10, green: 0, blue: 0), Colour(red: 20, green: 0, blue: 0)]
    let pictures = try colours.map { try Picture(width: 4, height: 1, filledWith: $0) }
    let recipe = Recipe(
      width: 6, height: 1,
      sources: [
        Recipe.Source(picture: 0, canvasToPicture: Affine(), rectangle: [0, 0, 6, 1]),
        Recipe.Source(picture: 1, canvasToPicture: .translation(-2, 0), rectangle: [3, 0, 5, 1]),
      ])
    let planes = try recipe.composed(pictures: { pictures[$0] }, scale: 1)
    // The first ends after 4 pixels; the second would cover 2 to 5 and may write 3 and 4.
    #expect(planes[0..<6] == [10, 10, 10, 20, 20, 114])
  }

  @Test func sixteenBitsAreDividedBy257() throws {
    let picture = try Picture(
      pixels: [0, 257, 0x8080, 0xFFFF] as [UInt16], width: 4, height: 1, channels: 1)
    let planes = try firstPlane(Recipe(Affine(), width: 4, height: 1), picture)
    for (value, expected) in zip(planes, [0, 1, 128, 255] as [Float]) {
      #expect(abs(value - expected) < 1e-4)
    }
    #expect(try picture.narrowedTo8Bits().withPixels { Array($0) } == [0, 1, 128, 255])
  }

  @Test func impossibleRecipesAreErrors() throws {
    let picture = try small()
    var outside = Recipe(Affine(), width: 3, height: 2)
    outside.sources[0].rectangle = [0, 0, 4, 2]
    var infinite = Recipe(Affine(), width: 3, height: 2)
    infinite.sources[0].canvasToPicture.c = .infinity
    var huge = Recipe(.scale(1e12), width: 3, height: 2)
    huge.sources[0].rectangle = [1, 0, 3, 2]
    var undefined = Recipe(Affine(), width: 3, height: 2)
    undefined.sources[0].canvasToPicture.e = .nan
    var negative = Recipe(Affine(), width: 3, height: 2)
    negative.valueGain = -1
    for recipe in [outside, infinite, huge, undefined, negative] {
      #expect(throws: ImageError.self) { try recipe.composed(picture) }
    }
    #expect(throws: ImageError.self) { try Recipe(Affine(), width: 0, height: 2).composed(picture) }
  }
}
