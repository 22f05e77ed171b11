import Boxes
import Images
import Testing

@Suite struct ProjectiveTests {
  private let map = Projective(Affine(a: 2, b: -1, c: 3, d: 0.5, e: 4, f: -7), g: 0.1, h: 0.2, i: 1)

  @Test func dividesByItsDenominator() {
    // (7, 19½) / (0.5 + 1.2 + 1).
    let point = map(5, 6)
    #expect(abs(point.x - 7 / 2.7) < 1e-12 && abs(point.y - 19.5 / 2.7) < 1e-12)
  }

  @Test func inverseUndoesAndKeepsItsSign() throws {
    let inverse = try #require(map.inverse)
    let image = map(5, 6)
    let point = inverse(image.x, image.y)
    #expect(abs(point.x - 5) < 1e-9 && abs(point.y - 6) < 1e-9)
    #expect(inverse.g * image.x + inverse.h * image.y + inverse.i > 0)
    #expect(Projective(.scale(0, 1)).inverse == nil)
  }

  @Test func afterAppliesTheArgumentFirst() {
    let first = Projective(.translation(1, 2), g: 0.05)
    let (both, inner) = (map.after(first)(3, 4), first(3, 4))
    let outer = map(inner.x, inner.y)
    #expect(abs(both.x - outer.x) < 1e-12 && abs(both.y - outer.y) < 1e-12)
    // An affine one stays so, exactly.
    #expect(Projective(.scale(3)).after(Projective(.translation(1, 1))).isAffine)
  }

  @Test func normalizedIsTheSameMap() {
    let twice = Projective(.scale(2), g: 0.2, h: 0.4, i: 2)
    #expect(twice.normalized == Projective(.scale(1), g: 0.1, h: 0.2))
  }

  @Test func boxesBecomeTheHullOfTheirCorners() {
    // y ↦ y / (1 + x), x ↦ x / (1 + x): the left side keeps its height, the right one halves.
    let narrowing = Projective(Affine(), g: 1)
    let hull = narrowing(Box(left: 0, top: -4, right: 1, bottom: 4))
    #expect(hull == Box(left: 0, top: -4, right: 0.5, bottom: 4))
  }

  @Test func boxesAcrossTheHorizonReachFarAndBeyondItAreEmpty() {
    // x / (1 − x) exists for x < 1.
    let map = Projective(Affine(), g: -1)
    let across = map(Box(left: 0, top: 0, right: 2, bottom: 1))
    #expect(across.left == 0 && across.right > 1e5)
    #expect(map(Box(left: 2, top: 0, right: 3, bottom: 1)).area == 0)
  }
}

/// The sampler in perspective against the formulas written plainly.
@Suite struct PerspectiveSamplingTests {
  private func recipe(_ map: Projective, _ width: Int, _ height: Int) -> Recipe {
    var recipe = Recipe(map.affine, width: width, height: height, fill: [1, 2, 3])
    recipe.sources[0].perspective = [map.g, map.h]
    return recipe
  }

  /// Bilinear sample of a channel; nil outside, NaN where two ways of rounding may disagree.
  private func sample(_ picture: Picture, _ x: Double, _ y: Double, _ channel: Int) -> Double? {
    let (width, height) = (Double(picture.width), Double(picture.height))
    if min(abs(x), abs(y), abs(x - width), abs(y - height)) < 1e-6 { return .nan }
    guard x > 0, y > 0, x < width, y < height else { return nil }
    let (u, v) = (
      min(max(x - 0.5, 0), width - 1), min(max(y - 0.5, 0), height - 1)
    )
    let (column, row) = (Int(u), Int(v))
    func value(_ dx: Int, _ dy: Int) -> Double {
      let pixel = picture.pixel(
        min(column + dx, picture.width - 1), min(row + dy, picture.height - 1))
      return Double(pixel[picture.channels == 1 ? 0 : channel])
    }
    let (fx, fy) = (u - Double(column), v - Double(row))
    return (value(0, 0) * (1 - fx) + value(1, 0) * fx) * (1 - fy)
      + (value(0, 1) * (1 - fx) + value(1, 1) * fx) * fy
  }

  @Test(arguments: [1, 3, 4], [0.01, -0.012]) func agreesWithTheFormula(
    channels: Int, tilt: Double
  ) throws {
    let picture = try noise(width: 61, height: 43, channels: channels)
    let map = Projective(
      Affine(a: 0.9, b: 0.3, c: -4, d: -0.2, e: 0.8, f: 6), g: tilt, h: -tilt / 2)
    let recipe = recipe(map, 50, 40)
    let planes = try recipe.composed(picture)
    var (worst, inside, outside) = (0.0, 0, 0)
    for y in 0..<40 {
      for x in 0..<50 {
        let point = map(Double(x) + 0.5, Double(y) + 0.5)
        for channel in 0..<3 {
          let found = sample(picture, point.x, point.y, channel)
          if found == nil { outside += 1 } else { inside += 1 }
          let expected = found ?? Double(channel + 1)
          guard expected.isFinite else { continue }
          worst = max(worst, abs(Double(planes[(channel * 40 + y) * 50 + x]) - expected))
        }
      }
    }
    #expect(worst < 0.01)
    #expect(inside > 1000 && outside > 100)
  }

  @Test func aVanishingTiltChangesNothing() throws {
    let picture = try noise(width: 40, height: 30)
    let plain = Projective(Affine(a: 0.7, b: 0.1, c: 2, d: -0.1, e: 0.6, f: 3))
    var tilted = plain
    tilted.g = 1e-12
    let (a, b) = (
      try recipe(plain, 45, 35).composed(picture), try recipe(tilted, 45, 35).composed(picture)
    )
    #expect(zip(a, b).count { abs($0 - $1) > 0.01 } < 5)
  }

  @Test func shrinkingReadsSmallerCopies() throws {
    // A fine chequerboard, shrunk by 8 about: gray, whatever the tilt.
    let pixels = (0..<256 * 256).map { index -> UInt8 in
      (index + index / 256) % 2 == 0 ? 0 : 255
    }
    let picture = try Picture(pixels: pixels, width: 256, height: 256, channels: 1)
    let planes = try recipe(Projective(.scale(8), g: 0.005, h: 0.005), 24, 24).composed(picture)
    #expect(planes[0..<24 * 24].allSatisfy { abs($0 - 127.5) < 10 || $0 == 1 })
  }

  @Test func horizonsWithinTheRectangleAreErrors() throws {
    let picture = try noise(width: 8, height: 8)
    let map = Projective(Affine(), g: -0.1)
    #expect(throws: ImageError.self) { try recipe(map, 11, 4).composed(picture) }
    #expect(throws: Never.self) { try recipe(map, 9, 4).composed(picture) }
    let undefined = Projective(Affine(), g: .nan)
    #expect(throws: ImageError.self) { try recipe(undefined, 4, 4).composed(picture) }
  }
}
