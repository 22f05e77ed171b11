import Images
import Testing

/// Files from other programs; `fixtures/make.py` says what they show.
@Suite struct DecodingTests {
  private static let scene = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]

  /// The middles of the four quarters.
  private func quarters(_ picture: Picture) -> [[Int]] {
    [(6, 4), (18, 4), (6, 12), (18, 12)].map { picture.pixel($0.0, $0.1) }
  }

  private func isScene(_ picture: Picture, within tolerance: Int = 0) -> Bool {
    picture.width == 24 && picture.height == 16
      && zip(quarters(picture), Self.scene).allSatisfy { pixel, colour in
        zip(pixel, colour).allSatisfy { abs($0 - $1) <= tolerance }
      }
  }

  @Test(arguments: 1...8, ["jpg", "tif"])
  func orientationIsApplied(orientation: Int, format: String) throws {
    let path = fixture("orientation-\(orientation).\(format)")
    #expect(isScene(try Picture.read(path: path), within: 8))
    let info = try Picture.probe(path: path)
    #expect(info.width == 24 && info.height == 16)
  }

  @Test(arguments: ["png", "webp"]) func orientationIsAppliedBeyondJPEG(format: String) throws {
    let path = fixture("orientation-6.\(format)")
    #expect(isScene(try Picture.read(path: path)))
    #expect(try Picture.probe(path: path).width == 24)
  }

  @Test(arguments: [
    "palette.png", "alpha.png", "palette-keyed.png", "alpha.webp", "lzw.tif", "plain.bmp",
    "palette.bmp", "padded.bmp",
  ]) func losslessKindsDecodeExactly(name: String) throws {
    let picture = try Picture.read(path: fixture(name))
    #expect(isScene(picture) && picture.channels == 3 && picture.bits == 8)
  }

  @Test(arguments: ["cmyk.jpg", "progressive.jpg", "lossy.webp"])
  func lossyKindsDecodeClosely(name: String) throws {
    #expect(isScene(try Picture.read(path: fixture(name)), within: 40))
  }

  @Test func grayKindsRepeatTheirValue() throws {
    for name in ["gray.jpg", "gray.bmp", "gray-alpha.png"] {
      let picture = try Picture.read(path: fixture(name))
      // ITU-R BT.601 luma of red, green, blue and white.
      for (pixel, luma) in zip(quarters(picture), [76, 150, 29, 255]) {
        #expect(Set(pixel).count == 1 && abs(pixel[0] - luma) <= 3, "\(name)")
      }
    }
    let oneBit = try Picture.read(path: fixture("one-bit.png"))
    #expect(oneBit.withPixels { Set($0) } == [0, 255])
  }

  @Test func sixteenBitsAreKeptOrRefused() throws {
    let options = DecodeOptions(forcesRGB: false, keeps16Bits: true)
    let colour = try Picture.read(path: fixture("sixteen-bits.png"), options: options)
    #expect(quarters(colour) == Self.scene.map { $0.map { $0 * 257 } })
    for name in ["sixteen-bits-gray.png", "sixteen-bits-gray.tif"] {
      let gray = try Picture.read(path: fixture(name), options: options)
      #expect(gray.pixel(3, 3) == [0x1234] && gray.bits == 16)
      #expect(throws: ImageError.sixteenBits(source: fixture(name))) {
        try Picture.read(path: fixture(name))
      }
    }
  }

  @Test(arguments: [
    "alpha.png", "gray-alpha.png", "palette-keyed.png", "alpha.webp", "gray.jpg", "gray.bmp",
    "palette.png", "palette.bmp", "padded.bmp", "plain.bmp", "cmyk.jpg", "one-bit.png",
    "sixteen-bits.png", "sixteen-bits-gray.png", "sixteen-bits-gray.tif", "lzw.tif", "lossy.webp",
  ]) func probeForetellsWhatDecodes(name: String) throws {
    let picture = try Picture.read(
      path: fixture(name), options: DecodeOptions(forcesRGB: false, keeps16Bits: true))
    let info = try Picture.probe(path: fixture(name))
    #expect(
      info
        == PictureInfo(
          width: picture.width, height: picture.height, channels: picture.channels,
          bits: picture.bits))
  }
}

@Suite struct ReducedDecodingTests {
  /// A JPEG with an EXIF block that asks for the given orientation.
  private func jpeg(_ picture: Picture, orientation: UInt8) throws -> [UInt8] {
    let bytes = try picture.encoded(as: "jpg", quality: 98)
    let exif: [UInt8] =
      [0xFF, 0xE1, 0, 34] + Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0]
      + [1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0] + [0, 0, 0, 0]
    return Array(bytes[0..<2]) + exif + Array(bytes[2...])
  }

  @Test func reductionStopsAtTheMinimumSide() throws {
    let bytes = try gradient(width: 640, height: 400).encoded(as: "jpg")
    for (side, reduction) in [(0, 1), (201, 1), (200, 2), (101, 2), (100, 4), (50, 8), (1, 8)] {
      let picture = try Picture.decode(bytes, options: DecodeOptions(minimumSide: side))
      #expect(picture.reduction == reduction && picture.width == 640 / reduction)
      #expect(picture.originalWidth == 640 && picture.originalHeight == 400)
    }
  }

  @Test(arguments: UInt8(1)...8, [40, 80])
  func reducedPicturesLandWhereFullOnesDo(orientation: UInt8, side: Int) throws {
    // Odd sizes: the last reduced pixels reach over the edge, before the picture is turned.
    let bytes = try jpeg(gradient(width: 645, height: 483), orientation: orientation)
    let full = try Picture.decode(bytes)
    let reduced = try Picture.decode(bytes, options: DecodeOptions(minimumSide: side))
    #expect(reduced.reduction > 1 && reduced.originalWidth == full.width)
    let letterbox = Letterbox(
      pictureWidth: full.width, pictureHeight: full.height, canvasWidth: 64, canvasHeight: 64)
    let expected = try letterbox.recipe().composed(full)
    let actual = try letterbox.recipe().composed(reduced)
    let differences = zip(expected, actual).map { $0 - $1 }
    #expect(differences.allSatisfy { abs($0) < 2.5 })
    // A shift of a pixel of the full picture would change the mean by 0.4.
    #expect(abs(differences.reduce(0, +) / Float(differences.count)) < 0.15)
  }
}
