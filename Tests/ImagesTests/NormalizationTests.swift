import Foundation
import Images
import RandomNumbers
import Testing

/// Against the formulas written plainly in Double.
@Suite struct NormalizationTests {
  private static let size = (width: 29, height: 23)

  /// Random values, one picture in each depth.
  private func picture(_ bits: Int, channels: Int, seed: UInt64 = 1) throws -> Picture {
    var generator = KeyedGenerator(seed: seed, purpose: "normalization", bits, channels)
    let (width, height) = Self.size
    let draws = (0..<width * height * channels).map { _ in generator.uniform() }
    switch bits {
    case 8:
      return try Picture(
        pixels: draws.map { UInt8($0 * 256) }, width: width, height: height, channels: channels)
    case 16:
      return try Picture(
        pixels: draws.map { UInt16($0 * 65536) }, width: width, height: height,
        channels: channels)
    default:
      return try Picture(
        pixels: draws.map { Float($0 * 500 - 200) }, width: width, height: height,
        channels: channels)
    }
  }

  private func value(_ picture: Picture, _ x: Int, _ y: Int, _ channel: Int) -> Double {
    let column = min(max(x, 0), picture.width - 1)
    let row = min(max(y, 0), picture.height - 1)
    let place = (row * picture.width + column) * picture.channels + channel
    switch picture.bits {
    case 8: return picture.withPixels { Double($0[place]) }
    case 16: return picture.with16BitPixels { Double($0[place]) }
    default: return picture.withFloatPixels { Double($0[place]) }
    }
  }

  private func bilinear(_ picture: Picture, _ x: Double, _ y: Double, _ channel: Int) -> Double {
    let (u, v) = (x - 0.5, y - 0.5)
    let (left, top) = (Int(u.rounded(.down)), Int(v.rounded(.down)))
    let (fx, fy) = (u - Double(left), v - Double(top))
    let upper =
      value(picture, left, top, channel) * (1 - fx) + value(picture, left + 1, top, channel) * fx
    let lower =
      value(picture, left, top + 1, channel) * (1 - fx)
      + value(picture, left + 1, top + 1, channel) * fx
    return upper * (1 - fy) + lower * fy
  }

  /// Different for each channel, with values beyond both ends.
  private func normalization(_ kind: Normalization.Kind, _ bits: Int, _ channels: Int)
    -> Normalization
  {
    let most = bits == 32 ? 300.0 : Double((1 << bits) - 1)
    let least = bits == 32 ? -200.0 : 0
    let indices = (0..<channels).map(Double.init)
    let low = indices.map { least + (most - least) * (0.1 + 0.01 * $0) }
    let high = indices.map { least + (most - least) * (0.8 + 0.01 * $0) }
    guard kind == .standard else { return .percentile(low: low, high: high, bits: bits) }
    return .standard(
      mean: low, deviation: indices.map { most * (0.2 + 0.05 * $0) }, minimum: low, maximum: high,
      bits: bits)
  }

  /// What the type's documentation says, in the picture's units.
  private func expected(
    _ value: Double, _ kind: Normalization.Kind, _ bits: Int, _ channel: Normalization.Channel?
  ) -> Double {
    guard let channel, kind != .linear else { return value / Double((1 << bits) - 1) }
    let clamped = min(max(value, Double(channel.low)), Double(channel.high))
    return (clamped - Double(channel.offset)) * Double(channel.factor)
  }

  @Test(arguments: [8, 16, 32], [1, 2, 3, 4, 5, 16])
  func planesFollowTheFormula(bits: Int, channels: Int) throws {
    let picture = try picture(bits, channels: channels)
    // A turn, mirrored or not: no point lies on the border of two pixels.
    let map = Affine(a: 0.71, b: 0.23, c: 2.13, d: -0.19, e: 0.83, f: 5.27)
    let (width, height) = (17, 13)
    for kind in Normalization.Kind.allCases where kind != .linear || bits <= 16 {
      let normalization =
        kind == .linear ? .linear : normalization(kind, bits, channels)
      let planes = try Recipe(map, width: width, height: height, fill: [114, 114, 114]).composed(
        pictures: { _ in picture },
        input: InputFormat(channels: channels, normalization: normalization))
      #expect(planes.count == channels * width * height)
      var worst = 0.0
      for channel in 0..<channels {
        let own = kind == .linear ? nil : normalization.channels[channel]
        for y in 0..<height {
          for x in 0..<width {
            let point = map(Double(x) + 0.5, Double(y) + 0.5)
            guard point.x >= 0, point.y >= 0, point.x < Double(picture.width),
              point.y < Double(picture.height)
            else { continue }
            let wanted = expected(
              bilinear(picture, point.x, point.y, channel), kind, bits, own)
            let found = Double(planes[(channel * height + y) * width + x])
            worst = max(worst, abs(found - wanted))
          }
        }
      }
      #expect(worst < 2e-5, "\(kind) of \(bits) bits and \(channels) channels is off by \(worst)")
    }
  }

  @Test(arguments: [8, 16]) func linearOfPhotographsIsBitForBitWhatItWas(bits: Int) throws {
    let picture = try picture(bits, channels: 3)
    var recipe = Recipe(.scale(0.7, 1.3), width: 40, height: 20, fill: [114, 114, 114])
    (recipe.hueShift, recipe.saturationGain, recipe.valueGain) = (7, 1.3, 0.8)
    let before = try recipe.composed(pictures: { _ in picture })
    let now = try recipe.composed(pictures: { _ in picture }, input: InputFormat())
    #expect(before.map(\.bitPattern) == now.map(\.bitPattern))
  }

  @Test func colourChangesComeBeforeNormalization() throws {
    let picture = try picture(8, channels: 3)
    var recipe = Recipe(Affine(), width: 29, height: 23)
    (recipe.hueShift, recipe.saturationGain, recipe.valueGain) = (20, 0.5, 1.2)
    let changed = try recipe.composed(picture)
    let normalization = normalization(.standard, 8, 3)
    let planes = try recipe.composed(
      pictures: { _ in picture }, input: InputFormat(normalization: normalization))
    for (index, value) in planes.enumerated() {
      let channel = normalization.channels[index / (29 * 23)]
      #expect(abs(value - (changed[index] - channel.offset) * channel.factor) < 1e-5)
    }
  }

  @Test func barsLieWithinTheRange() throws {
    for (bits, channels) in [(8, 3), (16, 3), (16, 5), (32, 3), (32, 2)] {
      let picture = try picture(bits, channels: channels)
      for kind in Normalization.Kind.allCases where kind != .linear || bits <= 16 {
        let input = InputFormat(
          channels: channels,
          normalization: kind == .linear ? .linear : normalization(kind, bits, channels))
        // The left column is without a picture.
        let planes = try Recipe(
          .translation(-1, 0), width: 30, height: 23, fill: [114, 114, 114]
        ).composed(pictures: { _ in picture }, input: input)
        let wanted: Float = kind == .standard ? 0 : 114.0 / 255
        for channel in 0..<channels {
          #expect(abs(planes[channel * 30 * 23] - wanted) < 1e-5)
        }
      }
    }
  }

  @Test func shrinkingAveragesEveryChannel() throws {
    // Five channels at odd sizes: the halves are made channel by channel.
    for bits in [8, 16, 32] {
      let channels = 5
      let samples = (0..<33 * 33 * channels).map { $0 % channels * 40 + 7 }
      let (bytes, words) = (samples.map { UInt8($0) }, samples.map { UInt16($0) })
      let picture: Picture
      switch bits {
      case 8: picture = try Picture(pixels: bytes, width: 33, height: 33, channels: 5)
      case 16: picture = try Picture(pixels: words, width: 33, height: 33, channels: 5)
      default:
        picture = try Picture(
          pixels: samples.map { Float($0) }, width: 33, height: 33, channels: 5)
      }
      let normalization = Normalization.percentile(
        low: [0, 0, 0, 0, 0], high: [255, 255, 255, 255, 255], bits: bits)
      let planes = try Recipe(.scale(33.0 / 5), width: 5, height: 5).composed(
        pictures: { _ in picture },
        input: InputFormat(channels: channels, normalization: normalization))
      for channel in 0..<channels {
        for value in planes[channel * 25..<(channel + 1) * 25] {
          #expect(abs(value - Float(channel * 40 + 7) / 255) < 1e-4)
        }
      }
    }
  }

  @Test func valuesThatAreNoNumbersCountAsTheLowest() throws {
    let samples: [Float] = [.nan, 1, 2, .infinity, 3, -.infinity, 4, 5]
    let picture = try Picture(pixels: samples, width: 4, height: 1, channels: 2)
    #expect(picture.nonFiniteCount == 3)
    let normalization = Normalization.percentile(low: [-1, -2], high: [7, 8], bits: 32)
    let input = InputFormat(channels: 2, normalization: normalization)
    let finite = try picture.finite(input)
    #expect(finite.withFloatPixels { Array($0) } == [-1, 1, 2, -2, 3, -2, 4, 5])
    #expect(picture.nonFiniteCount == 3, "the caller's picture was changed")
    #expect(try finite.finite(input) === finite)
  }

  @Test func previewShowsTheWindow() throws {
    let samples: [UInt16] = [0, 10, 1000, 9, 2000, 8, 3000, 7, 65535, 6]
    let picture = try Picture(pixels: samples, width: 5, height: 1, channels: 2)
    let normalization = Normalization.percentile(low: [1000, 0], high: [3000, 9], bits: 16)
    let shown = try picture.preview(InputFormat(channels: 2, normalization: normalization))
    #expect(shown.channels == 3 && shown.bits == 8)
    let first = shown.withPixels { all in stride(from: 0, to: 15, by: 3).map { all[$0] } }
    #expect(first == [0, 0, 128, 255, 255])
    let photograph = try noise(width: 8, height: 8)
    #expect(try photograph.preview(InputFormat()) === photograph)
    let values: [UInt16] = [0, 257, 0x8080, 0xFFFF]
    let gray = try Picture(pixels: values, width: 4, height: 1, channels: 1)
    let linear = try gray.preview(InputFormat(channels: 1)).withPixels { Array($0) }
    #expect(linear == [0, 0, 0, 1, 1, 1, 128, 128, 128, 255, 255, 255])
  }

  @Test func numbersSurviveJSONBitForBit() throws {
    var generator = KeyedGenerator(seed: 5, purpose: "json")
    let numbers = (0..<300).map { _ in generator.uniform(-1e5, 1e5) / generator.uniform(1, 1e4) }
    let low = numbers.map { min($0, -$0) }
    let high = numbers.map { max($0, -$0) + 1e-3 }
    let normalization = Normalization.percentile(low: low, high: high, bits: 32)
    let data = try JSONEncoder().encode(normalization)
    #expect(try JSONDecoder().decode(Normalization.self, from: data) == normalization)
  }

  @Test func channelsWithoutRangeAreZeroAndKnown() {
    let constant = Normalization.percentile(low: [1, 2], high: [1, 3], bits: 16)
    #expect(constant.emptyChannels == [0] && constant.channels[0].factor == 0)
    let still = Normalization.standard(
      mean: [4], deviation: [0], minimum: [4], maximum: [4], bits: 8)
    #expect(still.emptyChannels == [0])
    #expect(Normalization.linear.emptyChannels.isEmpty)
  }
}
