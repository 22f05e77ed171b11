import Foundation
import Images
import Testing

@Suite struct PictureTests {
  @Test(arguments: ["png", "bmp", "tiff"])
  func losslessFormatsReturnEveryPixel(format: String) throws {
    let picture = try noise(width: 31, height: 7)
    let decoded = try Picture.decode(picture.encoded(as: format))
    #expect(decoded.withPixels { Array($0) } == picture.withPixels { Array($0) })
    #expect(decoded.width == 31 && decoded.height == 7 && decoded.channels == 3)
  }

  @Test(arguments: ["jpg", "webp"]) func lossyFormatsComeClose(format: String) throws {
    let picture = try gradient(width: 64, height: 48)
    let decoded = try Picture.decode(picture.encoded(as: format, quality: 95))
    let differences = picture.withPixels { a in
      decoded.withPixels { b in zip(a, b).map { abs(Int($0) - Int($1)) } }
    }
    #expect(differences.max()! <= 12)
    #expect(differences.reduce(0, +) < 2 * differences.count)
  }

  @Test func grayStaysGrayWhereAskedFor() throws {
    let picture = try noise(width: 8, height: 8, channels: 1)
    for format in ["png", "bmp", "tiff", "jpg"] {
      let bytes = try picture.encoded(as: format, quality: 100)
      let gray = try Picture.decode(bytes, options: DecodeOptions(forcesRGB: false))
      let rgb = try Picture.decode(bytes)
      #expect(gray.channels == 1 && rgb.channels == 3, "\(format)")
      #expect(rgb.pixel(3, 4) == Array(repeating: gray.pixel(3, 4)[0], count: 3), "\(format)")
    }
  }

  @Test(arguments: ["png", "tiff"]) func sixteenBitsSurvive(format: String) throws {
    let samples = (0..<5 * 3 * 3).map { UInt16($0 * 1400) }
    let picture = try Picture(pixels: samples, width: 5, height: 3)
    let bytes = try picture.encoded(as: format)
    let decoded = try Picture.decode(bytes, options: DecodeOptions(keeps16Bits: true))
    #expect(decoded.with16BitPixels { Array($0) } == samples)
    #expect(throws: ImageError.sixteenBits(source: "bytes in memory")) {
      try Picture.decode(bytes)
    }
    #expect(throws: ImageError.self) { try picture.encoded(as: "jpg") }
  }

  @Test func alphaSurvivesWhereAskedFor() throws {
    let picture = try noise(width: 9, height: 5, channels: 4)
    let bytes = try picture.encoded(as: "png")
    let kept = try Picture.decode(bytes, options: DecodeOptions(forcesRGB: false))
    #expect(kept.withPixels { Array($0) } == picture.withPixels { Array($0) })
    let rgb = try Picture.decode(bytes)
    #expect(rgb.pixel(4, 2) == Array(picture.pixel(4, 2).prefix(3)))
  }

  @Test func copyIsIndependent() throws {
    let picture = try noise(width: 4, height: 4)
    let copy = try picture.copy()
    copy.withMutablePixels { $0[0] = ~$0[0] }
    #expect(picture.pixel(0, 0) != copy.pixel(0, 0) && picture.pixel(1, 0) == copy.pixel(1, 0))
  }

  @Test func filesAreWrittenByExtension() throws {
    let picture = try noise(width: 12, height: 10)
    let path = temporaryPath("a.PNG")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try picture.write(to: path)
    #expect(
      try Picture.read(path: path).withPixels { Array($0) } == picture.withPixels { Array($0) })
    #expect(
      try Picture.probe(path: path) == PictureInfo(width: 12, height: 10, channels: 3, bits: 8))
  }

  @Test func unwritableFilesAreErrors() throws {
    let picture = try noise(width: 400, height: 300)
    #expect(throws: ImageError.self) { try picture.write(to: "/no/such/folder/a.png") }
    #expect(throws: ImageError.self) { try picture.write(to: temporaryPath("a.gif")) }
    #expect(throws: ImageError.self) { try picture.write(to: temporaryPath("name")) }
    #expect(throws: ImageError.self) { try picture.encoded(as: "jpg", quality: 101) }
  }

  @Test func wrongSampleCountsAreErrors() {
    #expect(throws: ImageError.self) {
      try Picture(pixels: [1, 2, 3] as [UInt8], width: 2, height: 1)
    }
    #expect(throws: ImageError.self) { try Picture(pixels: [] as [UInt8], width: 0, height: 1) }
    #expect(throws: ImageError.self) {
      try Picture(pixels: [UInt8](repeating: 1, count: 17), width: 1, height: 1, channels: 17)
    }
  }
}
