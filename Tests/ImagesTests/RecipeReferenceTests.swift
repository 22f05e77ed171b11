import Foundation
import Images
import RandomNumbers
import Testing

/// The kernels against the formulas written plainly in Double.
@Suite struct RecipeReferenceTests {
  /// Bilinear sample of channel `channel` at a picture point; nil outside, NaN too close to the
  /// edge for two ways of rounding to agree.
  private func sample(_ picture: Picture, _ x: Double, _ y: Double, _ channel: Int) -> Double? {
    let width = Double(picture.width)
    let height = Double(picture.height)
    if min(abs(x), abs(y), abs(x - width), abs(y - height)) < 1e-6 { return .nan }
    guard x >= 0, y >= 0, x < width, y < height else { return nil }
    let (u, v) = (x - 0.5, y - 0.5)
    let (fx, fy) = (u - u.rounded(.down), v - v.rounded(.down))
    func value(_ dx: Int, _ dy: Int) -> Double {
      let column = min(max(Int(u.rounded(.down)) + dx, 0), picture.width - 1)
      let row = min(max(Int(v.rounded(.down)) + dy, 0), picture.height - 1)
      return Double(picture.pixel(column, row)[picture.channels == 1 ? 0 : channel])
    }
    return (value(0, 0) * (1 - fx) + value(1, 0) * fx) * (1 - fy)
      + (value(0, 1) * (1 - fx) + value(1, 1) * fx) * fy
  }

  /// Through hue, saturation and value, by the six cases.
  private func changed(_ rgb: [Double], hue shift: Double, _ gains: (Double, Double)) -> [Double] {
    let value = rgb.max()!
    let chroma = value - rgb.min()!
    var hue = 0.0
    if chroma > 0 {
      if value == rgb[0] {
        hue = 60 * (rgb[1] - rgb[2]) / chroma
      } else if value == rgb[1] {
        hue = 120 + 60 * (rgb[2] - rgb[0]) / chroma
      } else {
        hue = 240 + 60 * (rgb[0] - rgb[1]) / chroma
      }
    }
    hue = (hue + shift).truncatingRemainder(dividingBy: 360)
    if hue < 0 { hue += 360 }
    let saturation = min(1, (value > 0 ? chroma / value : 0) * gains.0)
    let v = min(255, value * gains.1)
    let sector = Int(hue / 60) % 6
    let f = hue / 60 - (hue / 60).rounded(.down)
    let (p, q, t) = (
      v * (1 - saturation), v * (1 - saturation * f), v * (1 - saturation * (1 - f))
    )
    return [[v, t, p], [q, v, p], [p, v, t], [p, q, v], [t, p, v], [v, p, q]][sector]
  }

  /// A map that shrinks by less than 2, about the middle of canvas and picture.
  private func randomMap(
    _ generator: inout KeyedGenerator, aligned: Bool, _ canvas: (Int, Int), _ picture: Picture
  ) -> Affine {
    let angle = aligned ? 0 : generator.uniform(-.pi, .pi)
    let flip: Double = generator.chance(0.5) ? -1 : 1
    let shear = aligned ? 0 : generator.uniform(-0.2, 0.2)
    let linear = Affine(
      a: generator.uniform(0.3, 1.5) * flip, b: shear, c: 0, d: 0,
      e: generator.uniform(0.3, 1.5), f: 0)
    let middle = Affine.translation(
      Double(picture.width) / 2 + generator.uniform(-9, 9),
      Double(picture.height) / 2 + generator.uniform(-9, 9))
    return middle.after(.rotation(cosine: cos(angle), sine: sin(angle))).after(linear)
      .after(.translation(-Double(canvas.0) / 2, -Double(canvas.1) / 2))
  }

  @Test(arguments: [1, 3, 4], [true, false])
  func kernelsAgreeWithTheFormulas(channels: Int, aligned: Bool) throws {
    var generator = KeyedGenerator(seed: 4, purpose: "maps", channels, aligned ? 1 : 0)
    for trial in 0..<12 {
      let picture = try noise(
        width: 9 + generator.index(below: 60), height: 9 + generator.index(below: 40),
        channels: channels, seed: UInt64(trial))
      let (width, height) = (33 + trial, 50 - trial)
      let map = randomMap(&generator, aligned: aligned, (width, height), picture)
      var recipe = Recipe(map, width: width, height: height, fill: [1, 2, 3])
      if trial % 3 > 0 {
        recipe.hueShift = trial % 3 == 1 ? 0 : Float(generator.uniform(-400, 400))
        recipe.saturationGain = Float(generator.uniform(0, 2))
        recipe.valueGain = Float(generator.uniform(0.4, 1.6))
      }
      try compare(recipe, picture)
    }
  }

  private func compare(_ recipe: Recipe, _ picture: Picture) throws {
    let planes = try recipe.composed(picture)
    var worst = 0.0
    for y in 0..<recipe.height {
      for x in 0..<recipe.width {
        let point = recipe.sources[0].canvasToPicture(Double(x) + 0.5, Double(y) + 0.5)
        var expected = recipe.fill.map(Double.init)
        if let first = sample(picture, point.x, point.y, 0) {
          let rgb = [first] + [1, 2].map { sample(picture, point.x, point.y, $0)! }
          expected = changed(
            rgb, hue: Double(recipe.hueShift),
            (Double(recipe.saturationGain), Double(recipe.valueGain)))
        }
        for channel in 0..<3 where expected[channel].isFinite {
          let value = planes[(channel * recipe.height + y) * recipe.width + x]
          worst = max(worst, abs(Double(value) - expected[channel]))
        }
      }
    }
    #expect(worst < 1e-3 * 255, "\(recipe)")
  }
}
