import Boxes
import Foundation
import Images
import RandomNumbers
import Testing

@Suite struct BlendingTests {
  private func grey(_ value: UInt8, side: Int = 20) throws -> Picture {
    try Picture(
      width: side, height: side, filledWith: Colour(red: value, green: value, blue: value))
  }

  /// The red plane of picture 1 over picture 0, in 0–255.
  private func red(_ recipe: Recipe, _ pictures: [Picture]) throws -> [Float] {
    let planes = try recipe.composed(pictures: { pictures[$0] }, scale: 1)
    return Array(planes.prefix(recipe.width * recipe.height))
  }

  @Test func opacityMixesWithWhatLiesBelow() throws {
    let pictures = [try grey(10), try grey(20)]
    var recipe = Recipe(.init(), width: 6, height: 1, fill: [100, 100, 100])
    recipe.sources[0].rectangle = [0, 0, 4, 1]
    var second = Recipe.Source(picture: 1, canvasToPicture: Affine(), rectangle: [2, 0, 6, 1])
    second.opacity = 0.25
    recipe.sources.append(second)
    // 10 + ¼ · (20 − 10) over the first, 100 + ¼ · (20 − 100) over the fill.
    #expect(try red(recipe, pictures) == [10, 10, 12.5, 12.5, 80, 80])
    recipe.sources[1].opacity = 0
    #expect(try red(recipe, pictures) == [10, 10, 10, 10, 100, 100])
  }

  @Test func colourChangesBeforeBlending() throws {
    var recipe = Recipe(.init(), width: 1, height: 1, fill: [100, 100, 100])
    recipe.sources[0].opacity = 0.5
    recipe.valueGain = 0.5
    // The fill keeps its colour: (100 + 40 / 2) / 2.
    #expect(try red(recipe, [try grey(40)]) == [60])
  }

  @Test func featherFadesInFromTheRegionsBorders() throws {
    var recipe = Recipe(.init(), width: 20, height: 20)
    recipe.sources[0].region = Box(left: 4, top: 5, right: 16, bottom: 15)
    recipe.sources[0].feather = 4
    let plane = try red(recipe, [try grey(160)])
    func value(_ x: Int, _ y: Int) -> Float { plane[y * 20 + x] }
    // Pixel centres lie ½, 1½, 2½, 3½ from the border: 160 · 1/8, 3/8, 5/8, 7/8.
    #expect((3...8).map { value($0, 10) } == [0, 20, 60, 100, 140, 160])
    #expect((12...16).map { value($0, 10) } == [140, 100, 60, 20, 0].map { Float($0) })
    #expect((4...9).map { value(10, $0) } == [0, 20, 60, 100, 140, 160])
    #expect((11...15).map { value(10, $0) } == [140, 100, 60, 20, 0])
    // Corners fade along both axes.
    #expect(value(4, 5) == 2.5 && value(5, 6) == 22.5)
  }

  @Test func regionEndsWithThePicture() throws {
    var recipe = Recipe(.init(), width: 24, height: 1, fill: [1, 1, 1])
    recipe.sources[0].region = Box(left: 18, top: -3, right: 30, bottom: 99)
    let plane = try red(recipe, [try grey(7)])
    #expect(plane == Array(repeating: 1, count: 18) + [7, 7] + Array(repeating: 1, count: 4))
  }

  /// Region, opacity and feather against their formula, under maps with and without rotation.
  @Test(arguments: [true, false]) func coverAgreesWithTheFormula(aligned: Bool) throws {
    var generator = KeyedGenerator(seed: 8, purpose: "cover", aligned ? 1 : 0)
    let pictures = [try noise(width: 50, height: 40, seed: 1), try noise(width: 70, height: 60)]
    for _ in 0..<8 {
      let angle = aligned ? 0 : generator.uniform(-.pi, .pi)
      let map = Affine.translation(35, 30).after(
        .rotation(cosine: cos(angle), sine: sin(angle))
      ).after(.scale(generator.uniform(0.3, 1.8), -generator.uniform(0.3, 1.8)))
        .after(.translation(-25, -20))
      var above = Recipe.Source(picture: 1, canvasToPicture: map, rectangle: [0, 0, 50, 40])
      let plain = above
      above.region = Box(left: 12, top: 9, right: 55, bottom: 52)
      above.opacity = Float(generator.uniform(0.2, 1))
      above.feather = Float(generator.uniform(0, 9))
      var recipe = Recipe(Affine(), width: 50, height: 40)
      let base = try red(recipe, pictures)
      recipe.sources.append(plain)
      let covered = try red(recipe, pictures)
      recipe.sources[1] = above
      let blended = try red(recipe, pictures)
      for index in 0..<2000 {
        let point = map(Double(index % 50) + 0.5, Double(index / 50) + 0.5)
        guard let cover = cover(above, at: point) else { continue }
        let expected = Double(base[index]) + cover * Double(covered[index] - base[index])
        #expect(abs(Double(blended[index]) - expected) < 0.02)
      }
    }
  }

  /// Nil too close to the region's border for two ways of rounding to agree.
  private func cover(_ source: Recipe.Source, at point: (x: Double, y: Double)) -> Double? {
    guard let region = source.region else { return 1 }
    let map = source.canvasToPicture
    let x = min(point.x - Double(region.left), Double(region.right) - point.x)
    let y = min(point.y - Double(region.top), Double(region.bottom) - point.y)
    if min(abs(x), abs(y)) < 1e-4 { return nil }
    guard x > 0, y > 0 else { return 0 }
    let feather = Double(source.feather)
    return Double(source.opacity) * min(1, x / hypot(map.a, map.b) / feather)
      * min(1, y / hypot(map.d, map.e) / feather)
  }

  @Test func blendingIsOptionalInAFile() throws {
    let source = Recipe.Source(picture: 3, canvasToPicture: .scale(2), rectangle: [0, 0, 4, 5])
    let bare = """
      {"picture": 3, "rectangle": [0, 0, 4, 5],
       "canvasToPicture": {"a": 2, "b": 0, "c": 0, "d": 0, "e": 2, "f": 0}}
      """
    #expect(try JSONDecoder().decode(Recipe.Source.self, from: Data(bare.utf8)) == source)
    var blended = source
    blended.region = Box(left: 1, top: 2, right: 3, bottom: 4)
    (blended.opacity, blended.feather) = (0.25, 3)
    let data = try JSONEncoder().encode(blended)
    #expect(try JSONDecoder().decode(Recipe.Source.self, from: data) == blended)
  }

  @Test func impossibleBlendingIsAnError() throws {
    let changes: [(inout Recipe.Source) -> Void] = [
      { $0.opacity = 1.5 }, { $0.opacity = -0.1 }, { $0.opacity = .nan }, { $0.feather = -1 },
      { $0.feather = .infinity }, { $0.region = Box(left: 3, top: 0, right: 2, bottom: 4) },
      { $0.region = Box(left: .nan, top: 0, right: 2, bottom: 4) },
    ]
    for change in changes {
      var recipe = Recipe(.init(), width: 4, height: 4)
      change(&recipe.sources[0])
      #expect(throws: ImageError.self) { try red(recipe, [try grey(1)]) }
    }
  }

  @Test func planesBecomeThePictureAgain() throws {
    let picture = try noise(width: 13, height: 7)
    let planes = try Recipe(.init(), width: 13, height: 7).composed(pictures: { _ in picture })
    let again = try Picture(planes: planes, width: 13, height: 7)
    #expect(again.withPixels { Array($0) } == picture.withPixels { Array($0) })
    let beyond = try Picture(planes: [-1, 0.25, 9], width: 1, height: 1)
    #expect(beyond.pixel(0, 0) == [0, 64, 255])
  }
}
