import Foundation
import Images
import RandomNumbers

/// The path of a picture in `fixtures`, made by `fixtures/make.py`.
func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("fixtures/\(name)").path
}

func fixtureBytes(_ name: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture(name))))
}

/// A path of a file that does not exist, in a folder that does.
func temporaryPath(_ name: String) -> String {
  FileManager.default.temporaryDirectory
    .appendingPathComponent("dldetect-\(UUID().uuidString)-\(name)").path
}

/// A picture of independent random samples.
func noise(width: Int, height: Int, channels: Int = 3, seed: UInt64 = 1) throws -> Picture {
  var generator = KeyedGenerator(seed: seed, purpose: "noise", width, height)
  let pixels = (0..<width * height * channels).map { _ in UInt8(generator.index(below: 256)) }
  return try Picture(pixels: pixels, width: width, height: height, channels: channels)
}

/// A picture that changes slowly, so that lossy coding and averaging hardly change it.
func gradient(width: Int, height: Int) throws -> Picture {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      pixels += [
        UInt8(255 * x / width), UInt8(255 * y / height), UInt8(255 * (x + y) / (width + height)),
      ]
    }
  }
  return try Picture(pixels: pixels, width: width, height: height)
}

extension Picture {
  /// The channels of the pixel in column `x` and row `y`, of 8 or 16 bits.
  func pixel(_ x: Int, _ y: Int) -> [Int] {
    let samples = (y * width + x) * channels..<(y * width + x + 1) * channels
    return bits == 8
      ? withPixels { all in samples.map { Int(all[$0]) } }
      : with16BitPixels { all in samples.map { Int(all[$0]) } }
  }
}

extension Recipe {
  /// One picture over the whole canvas.
  init(
    _ canvasToPicture: Affine, width: Int, height: Int, fill: [Float] = [0, 0, 0]
  ) {
    self.init(
      width: width, height: height,
      sources: [
        Source(picture: 0, canvasToPicture: canvasToPicture, rectangle: [0, 0, width, height])
      ])
    self.fill = fill
  }

  /// The planes of one picture, in 0–255.
  func composed(_ picture: Picture) throws -> [Float] {
    try composed(pictures: { _ in picture }, scale: 1)
  }
}
