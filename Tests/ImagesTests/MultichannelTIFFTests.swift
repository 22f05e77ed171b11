import Foundation
import Images
import RandomNumbers
import TestSupport
import Testing

@Suite struct MultichannelTIFFTests {
  private static let width = 37
  private static let height = 21

  private var options: DecodeOptions {
    var options = DecodeOptions(forcesRGB: false, keeps16Bits: true)
    options.keepsFloats = true
    return options
  }

  private func numbers(_ channels: Int, below limit: Int) -> [Int] {
    var generator = KeyedGenerator(seed: 3, purpose: "tiff", channels)
    return (0..<Self.width * Self.height * channels).map { _ in generator.index(below: limit) }
  }

  private func file(_ channels: Int, _ layout: TIFFFile.Layout) -> TIFFFile {
    TIFFFile(width: Self.width, height: Self.height, channels: channels, layout: layout)
  }

  @Test(arguments: TIFFFile.Layout.allCases, [1, 2, 3, 5, 16])
  func everySampleComesBack(layout: TIFFFile.Layout, channels: Int) throws {
    let file = file(channels, layout)
    let small = numbers(channels, below: 256).map { UInt8($0) }
    let bytes = try Picture.decode([UInt8](file.bytes(small)), options: options)
    #expect(bytes.bits == 8 && bytes.channels == channels)
    #expect(bytes.withPixels { Array($0) } == small)
    let large = numbers(channels, below: 65536).map { UInt16($0) }
    let words = try Picture.decode([UInt8](file.bytes(large)), options: options)
    #expect(words.bits == 16 && words.channels == channels)
    #expect(words.with16BitPixels { Array($0) } == large)
    let floats = numbers(channels, below: 1 << 24).map { Float($0) / 256 - 1000 }
    let measured = try Picture.decode([UInt8](file.bytes(floats)), options: options)
    #expect(measured.bits == 32 && measured.channels == channels)
    #expect(measured.withFloatPixels { Array($0) } == floats)
  }

  @Test func headersSayChannelsAndDepth() throws {
    let folder = try TemporaryFolder()
    let samples = [Float](repeating: 0.5, count: Self.width * Self.height * 5)
    let path = folder.file("a.tif")
    try file(5, .planar).bytes(samples).write(to: URL(fileURLWithPath: path))
    let info = try Picture.probe(path: path)
    #expect(info == PictureInfo(width: Self.width, height: Self.height, channels: 5, bits: 32))
    // Asked for as a photograph it is said what it is.
    #expect(throws: ImageError.self) { try Picture.read(path: path) }
    let linear = InputFormat(channels: 5)
    #expect(
      throws: ImageError.otherDepth(
        source: path, has: 32,
        wanted: "normalization linear takes 8 or 16 bits: train with standard or percentile")
    ) { try Picture.read(path: path, input: linear) }
    #expect(throws: ImageError.otherChannels(source: path, has: 5, wanted: 3)) {
      try Picture.read(path: path, input: InputFormat())
    }
  }

  @Test func grayFloatsBecomeRGBForThreeChannels() throws {
    let samples = numbers(1, below: 1000).map { Float($0) }
    let normalization = Normalization.percentile(
      low: [0, 0, 0], high: [999, 999, 999], bits: 32)
    let picture = try Picture.decode(
      [UInt8](file(1, .chunky).bytes(samples)),
      input: InputFormat(channels: 3, normalization: normalization))
    #expect(picture.channels == 3)
    #expect(picture.withFloatPixels { Array($0) } == samples.flatMap { [$0, $0, $0] })
  }

  @Test func redGreenBlueAndMoreAreAllKept() throws {
    var file = file(6, .chunky)
    file.photometric = 2
    let samples = numbers(6, below: 65536).map { UInt16($0) }
    let picture = try Picture.decode([UInt8](file.bytes(samples)), options: options)
    #expect(picture.channels == 6 && picture.with16BitPixels { Array($0) } == samples)
  }

  @Test(arguments: TIFFFile.Layout.allCases) func cutFilesAreNoPictures(layout: TIFFFile.Layout) {
    let samples = numbers(5, below: 65536).map { UInt16($0) }
    let whole = [UInt8](file(5, layout).bytes(samples))
    for share in [0.1, 0.5, 0.9, 0.999] {
      let cut = Array(whole.prefix(Int(Double(whole.count) * share)))
      #expect(throws: ImageError.self) { try Picture.decode(cut, options: options) }
    }
  }

  @Test func moreThanSixteenChannelsAreRefused() {
    let samples = [UInt8](repeating: 0, count: Self.width * Self.height * 17)
    #expect(throws: ImageError.self) {
      try Picture.decode([UInt8](file(17, .chunky).bytes(samples)), options: options)
    }
  }
}
