import Foundation
import Images
import RandomNumbers
import Testing

@Suite struct DamageTests {
  private let options = DecodeOptions(forcesRGB: true, keeps16Bits: true)

  private func isDamaged(_ bytes: [UInt8]) -> Bool {
    do {
      _ = try Picture.decode(bytes, options: options)
      return false
    } catch {
      if case .damaged = error { return true }
      if case .unreadable = error { return bytes.count < 16 }
      return false
    }
  }

  @Test(arguments: ["jpg", "png", "bmp", "tiff", "webp"])
  func everyCutIsNoticed(format: String) throws {
    let bytes = try noise(width: 61, height: 47).encoded(as: format)
    #expect(!isDamaged(bytes))
    let cuts = Set(
      Array(0..<40) + (0..<60).map { bytes.count * $0 / 60 }
        + [0.5, 0.9, 0.99, 0.999].map { Int(Double(bytes.count) * $0) }
        + (1...20).map { bytes.count - $0 })
    for cut in cuts.sorted() {
      #expect(isDamaged(Array(bytes[..<cut])), "\(cut) of \(bytes.count)")
    }
  }

  @Test(arguments: [
    "progressive.jpg", "cmyk.jpg", "gray.jpg", "palette.png", "sixteen-bits.png", "lzw.tif",
    "sixteen-bits-gray.tif", "orientation-6.tif", "palette.bmp", "alpha.webp", "lossy.webp",
    "orientation-6.webp",
  ]) func everyCutOfOtherKindsIsNoticed(name: String) throws {
    let bytes = try fixtureBytes(name)
    #expect(!isDamaged(bytes))
    for cut in 0..<bytes.count { #expect(isDamaged(Array(bytes[..<cut])), "\(cut)") }
  }

  @Test func whatFollowsTheEndMarkerIsIgnored() throws {
    for format in ["jpg", "png"] {
      let bytes = try noise(width: 20, height: 20).encoded(as: format)
      #expect(!isDamaged(bytes + [0, 1, 2, 3, 0xFF, 0xD8, 0xFF]))
    }
  }

  @Test func damageInTheMiddleOfAJPEGIsNoticed() throws {
    let whole = try noise(width: 200, height: 150).encoded(as: "jpg")
    for at in stride(from: whole.count / 4, to: whole.count * 3 / 4, by: whole.count / 16) {
      var zeroed = whole
      for index in at..<at + 200 { zeroed[index] = 0 }
      #expect(isDamaged(zeroed))
      #expect(isDamaged(Array(whole[..<at]) + Array(whole[(at + whole.count / 5)...])))
    }
  }

  @Test(arguments: ["jpg", "png", "bmp", "tiff", "webp"])
  func changedBytesNeverCrash(format: String) throws {
    let bytes = try noise(width: 40, height: 30).encoded(as: format)
    try decodeWithChanges(bytes, trials: 400, seed: 1)
  }

  @Test(arguments: [
    "progressive.jpg", "cmyk.jpg", "orientation-5.jpg", "palette-keyed.png", "orientation-6.png",
    "lzw.tif", "orientation-6.tif", "palette.bmp", "alpha.webp", "orientation-6.webp",
  ]) func changedBytesOfOtherKindsNeverCrash(name: String) throws {
    try decodeWithChanges(fixtureBytes(name), trials: 400, seed: 2)
  }

  private func decodeWithChanges(_ bytes: [UInt8], trials: Int, seed: UInt64) throws {
    for trial in 0..<trials {
      var generator = KeyedGenerator(seed: seed, purpose: "damage", trial, bytes.count)
      var changed = bytes
      // Half of the changes go to the first bytes, where headers are.
      let range = trial % 2 == 0 ? bytes.count : min(64, bytes.count)
      for _ in 0...generator.index(below: 6) {
        changed[generator.index(below: range)] = UInt8(generator.index(below: 256))
      }
      _ = try? Picture.decode(changed, options: options)
    }
  }

  @Test func absurdSizesAreErrors() throws {
    var png = try noise(width: 8, height: 8).encoded(as: "png")
    png.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
    #expect(throws: ImageError.self) { try Picture.decode(png) }
    var bmp = try noise(width: 8, height: 8).encoded(as: "bmp")
    bmp.replaceSubrange(18..<26, with: [0, 0, 0, 0x40, 0, 0, 0, 0x80])
    #expect(throws: ImageError.self) { try Picture.decode(bmp) }
    var jpeg = try noise(width: 8, height: 8).encoded(as: "jpg")
    let frame = try #require((0..<jpeg.count).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xFF, 0xFF, 0xFF])
    let error = #expect(throws: ImageError.self) { try Picture.decode(jpeg) }
    #expect("\(try #require(error))".contains("65535 x 65535"))
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x3F, 0xFF, 0x3F, 0xFF])
    #expect(isDamaged(jpeg))
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0, 0, 0, 0])
    #expect(throws: ImageError.self) { try Picture.decode(jpeg) }
  }

  @Test func whatIsNoPictureIsSaid() throws {
    let missing = temporaryPath("missing.jpg")
    #expect(throws: ImageError.notFound(source: missing)) { try Picture.read(path: missing) }
    #expect(throws: ImageError.notFound(source: missing)) { try Picture.probe(path: missing) }
    #expect(
      throws: ImageError.unreadable(source: "/tmp", reason: "a folder, not a picture")
    ) { try Picture.read(path: "/tmp") }
    #expect(throws: ImageError.damaged(source: "bytes in memory", reason: "the file is empty")) {
      try Picture.decode([])
    }
    let text = fixture("make.py")
    let error = #expect(throws: ImageError.self) { try Picture.read(path: text) }
    #expect("\(try #require(error))".contains("make.py: cannot be read as a picture: not a JPEG"))
  }

  @Test func probeReadsPastLongMetadata() throws {
    let bytes = try noise(width: 30, height: 20).encoded(as: "jpg")
    let comment: [UInt8] = [0xFF, 0xFE, 0xFF, 0xFF] + Array(repeating: 0x20, count: 65533)
    let path = temporaryPath("long.jpg")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(Array(bytes[..<2]) + comment + comment + Array(bytes[2...]))
      .write(to: URL(fileURLWithPath: path))
    #expect(try Picture.probe(path: path).width == 30)
    #expect(try Picture.read(path: path).height == 20)
  }
}
