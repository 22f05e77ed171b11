import Foundation
import Images
import Testing

@Suite struct RecipeToneTests {
  private func toned(_ change: (inout Recipe.Tone) -> Void) throws -> [Float] {
    var recipe = Recipe(.translation(0, 0), width: 2, height: 1, fill: [9, 9, 9])
    change(&recipe.tone)
    // The second pixel is fill.
    let colour = Colour(red: 200, green: 100, blue: 50)
    return try recipe.composed(Picture(width: 1, height: 1, filledWith: colour))
  }

  @Test func contrastSpreadsAboutMiddleGray() throws {
    // 127.5 + 2 · 72.5 = 272.5 ends at 255; 127.5 − 2 · 27.5 = 72.5; 127.5 − 2 · 77.5 < 0.
    #expect(try toned { $0.contrast = 2 } == [255, 9, 72.5, 9, 0, 9])
  }

  @Test func brightnessAddsAShareOfWhite() throws {
    #expect(try toned { $0.brightness = 0.2 } == [251, 9, 151, 9, 101, 9])
    #expect(try toned { $0.brightness = -0.4 } == [98, 9, 0, 9, 0, 9])
  }

  @Test func grayIsTheLumaInAllChannels() throws {
    // 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2.
    let gray = try toned { $0.isGray = true }
    for plane in 0..<3 { #expect(abs(gray[2 * plane] - 124.2) < 1e-3 && gray[2 * plane + 1] == 9) }
  }

  @Test func scaleAndOffsetMakeNoDifference() throws {
    let picture = try noise(width: 9, height: 7)
    var recipe = Recipe(Affine(), width: 9, height: 7)
    (recipe.tone.brightness, recipe.tone.contrast) = (0.1, 1.7)
    (recipe.tone.isGray, recipe.saturationGain) = (true, 0.5)
    let plain = try recipe.composed(pictures: { _ in picture }, scale: 1)
    let scaled = try recipe.composed(pictures: { _ in picture }, scale: -2 / 255, offset: 1)
    #expect(zip(plain, scaled).allSatisfy { abs($0 * -2 / 255 + 1 - $1) < 1e-4 })
  }
}

@Suite struct RecipeFinishTests {
  private func finished(
    _ recipe: Recipe = Recipe(Affine(), width: 24, height: 20), picture: Picture? = nil,
    _ change: (inout Recipe.Finish) -> Void
  ) throws -> [Float] {
    var recipe = recipe
    change(&recipe.finish)
    return try recipe.composed(picture ?? Picture(width: 24, height: 20, filledWith: .white))
  }

  @Test func rectanglesBecomeBlackAndNothingElse() throws {
    let planes = try finished { $0.hidden = [[3, 2, 7, 5], [20, 18, 99, 99]] }
    for (index, value) in planes.enumerated() {
      let (x, y) = (index % 24, index / 24 % 20)
      let isHidden = (3..<7).contains(x) && (2..<5).contains(y) || x >= 20 && y >= 18
      #expect(value == (isHidden ? 0 : 255))
    }
  }

  @Test(arguments: [(0, 0), (3, 1), (-7, 12)]) func gridsHideASquareInEachPeriod(
    corner: (Int, Int)
  ) throws {
    let planes = try finished {
      $0.grid = Recipe.Grid(period: 6, side: 4, x: corner.0, y: corner.1)
    }
    for (index, value) in planes.enumerated() {
      let (x, y) = (index % 24 - corner.0 + 60, index / 24 % 20 - corner.1 + 60)
      #expect(value == (x % 6 < 4 && y % 6 < 4 ? 0 : 255))
    }
  }

  @Test func blurIsAGaussianOfHalfTheRadius() throws {
    let picture = try Picture(width: 31, height: 29, filledWith: .black)
    picture.withMutablePixels { pixels in
      for channel in 0..<3 { pixels[(14 * 31 + 15) * 3 + channel] = 255 }
    }
    let planes = try finished(Recipe(Affine(), width: 31, height: 29), picture: picture) {
      $0.blurRadius = 4
    }
    let weights = (-4...4).map { exp(-0.5 * Double($0 * $0) / 4) }
    let sum = weights.reduce(0, +)
    for y in 0..<29 {
      for x in 0..<31 {
        let (dx, dy) = (abs(x - 15), abs(y - 14))
        let expected =
          dx > 4 || dy > 4 ? 0 : 255 * weights[dx + 4] * weights[dy + 4] / (sum * sum)
        #expect(abs(Double(planes[y * 31 + x]) - expected) < 1e-3)
      }
    }
  }

  @Test(arguments: [Float(0.7), 3, 40]) func blurKeepsWhatIsEven(radius: Float) throws {
    let planes = try finished { $0.blurRadius = radius }
    #expect(planes.allSatisfy { abs($0 - 255) < 1e-3 })
  }

  @Test func blurMatchesAPlainSumOnASmallCanvas() throws {
    // Rows fewer than the kernel's, borders reaching outwards.
    let picture = try noise(width: 5, height: 3)
    let planes = try finished(Recipe(Affine(), width: 5, height: 3), picture: picture) {
      $0.blurRadius = 3
    }
    let weights = (-3...3).map { exp(-0.5 * Double($0 * $0) / 2.25) }
    let sum = weights.reduce(0, +)
    for y in 0..<3 {
      for x in 0..<5 {
        var expected = 0.0
        for dy in -3...3 {
          for dx in -3...3 {
            let value = picture.pixel(min(4, max(0, x + dx)), min(2, max(0, y + dy)))[1]
            expected += weights[dx + 3] * weights[dy + 3] / (sum * sum) * Double(value)
          }
        }
        #expect(abs(Double(planes[15 + y * 5 + x]) - expected) < 1e-2)
      }
    }
  }

  @Test func noiseIsNormalAndDependsOnItsKeyAlone() throws {
    let recipe = Recipe(width: 200, height: 150, sources: [])
    func noisy(_ key: UInt64) throws -> [Float] {
      var recipe = recipe
      (recipe.fill, recipe.finish.noise, recipe.finish.noiseKey) = ([128, 128, 128], 10, key)
      return try recipe.composed(pictures: { _ in preconditionFailure() }, scale: 1)
    }
    let values = try noisy(1).map { Double($0) - 128 }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    // 90 000 values: five standard errors are 0.17 and 2.4 %.
    #expect(abs(mean) < 0.17 && abs(variance / 100 - 1) < 0.024)
    // A normal deviate is within one standard deviation with 68.3 %, within two with 95.4 %.
    let within = [10.0, 20].map { bound in
      Double(values.count { abs($0) < bound }) / Double(values.count)
    }
    #expect(abs(within[0] - 0.683) < 0.012 && abs(within[1] - 0.954) < 0.006)
    // Neighbours in a row and the channels of a pixel have nothing in common.
    for distance in [1, 200, 200 * 150] {
      let pairs = zip(values, values.dropFirst(distance)).map { $0 * $1 }
      #expect(abs(pairs.reduce(0, +) / Double(pairs.count)) < 2)
    }
    #expect(try noisy(1) == noisy(1))
    #expect(try noisy(1) != noisy(2))
  }

  @Test func noiseEndsAtBlackAndWhite() throws {
    let planes = try finished { $0.noise = 50 }
    #expect(planes.allSatisfy { (0...255).contains($0) })
    #expect(planes.contains { $0 < 240 })
  }

  @Test func jpegComesCloseAndCloserWithQuality() throws {
    let picture = try gradient(width: 64, height: 48)
    let recipe = Recipe(Affine(), width: 64, height: 48)
    let plain = try recipe.composed(picture)
    func error(_ quality: Int) throws -> Float {
      let planes = try finished(recipe, picture: picture) { $0.jpegQuality = quality }
      return zip(plain, planes).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(plain.count)
    }
    let (low, high) = (try error(5), try error(95))
    #expect(high > 0 && high < 2 && low > 2 * high && low < 30)
  }

  @Test func hidingComesBeforeBlurAndBlurBeforeNoise() throws {
    let planes = try finished {
      ($0.hidden, $0.blurRadius, $0.noise) = ([[0, 0, 12, 20]], 2, 3)
    }
    // The edge is soft, and pixels far from it are noisy.
    #expect((40..<215).contains(planes[10 * 24 + 11]))
    #expect(Set(planes[10 * 24..<10 * 24 + 8]).count > 2)
  }

  @Test func impossibleFinishesAreErrors() throws {
    let changes: [(inout Recipe.Finish) -> Void] = [
      { $0.hidden = [[1, 2, 3]] }, { $0.blurRadius = -1 }, { $0.blurRadius = .infinity },
      { $0.noise = .nan }, { $0.jpegQuality = 101 },
      { $0.grid = Recipe.Grid(period: 0, side: 0, x: 0, y: 0) },
      { $0.grid = Recipe.Grid(period: 4, side: 5, x: 0, y: 0) },
    ]
    for change in changes {
      #expect(throws: ImageError.self) { try finished { change(&$0) } }
    }
  }

  @Test func recipesSurviveJSON() throws {
    var recipe = Recipe(.scale(0.5), width: 8, height: 6)
    recipe.sources[0].perspective = [0.01, -0.02]
    recipe.tone.isGray = true
    recipe.tone.contrast = 1.25
    recipe.finish.hidden = [[1, 2, 3, 4]]
    recipe.finish.grid = Recipe.Grid(period: 5, side: 2, x: 1, y: 3)
    (recipe.finish.noise, recipe.finish.noiseKey) = (3, .max)
    recipe.finish.jpegQuality = 40
    let data = try JSONEncoder().encode(recipe)
    #expect(try JSONDecoder().decode(Recipe.self, from: data) == recipe)
  }
}
