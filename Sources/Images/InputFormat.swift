/// What a network takes of pictures: so many channels, normalised in one way.
public struct InputFormat: Hashable, Sendable, Codable {
  /// 1 … 16. With 3, gray and RGBA pictures are taken as RGB.
  public var channels: Int
  public var normalization: Normalization

  public init(channels: Int = 3, normalization: Normalization = .linear) {
    self.channels = channels
    self.normalization = normalization
  }

  /// As pictures are decoded for it.
  var decoding: DecodeOptions {
    var options = DecodeOptions(forcesRGB: channels == 3, keeps16Bits: true)
    options.keepsFloats = true
    return options
  }

  /// - Parameter source: of the picture, for messages.
  /// - Throws: ``ImageError/otherChannels(source:has:wanted:)`` or
  ///   ``ImageError/otherDepth(source:has:wanted:)``.
  func check(_ picture: Picture, source: String) throws(ImageError) {
    try check(channels: picture.channels, bits: picture.bits, source: source)
  }

  /// - Throws: see ``check(_:source:)``.
  package func check(channels has: Int, bits: Int, source: String) throws(ImageError) {
    // Gray counts as RGB of equal parts, alpha is ignored.
    guard has == channels || channels == 3 && [1, 4].contains(has) else {
      throw .otherChannels(source: source, has: has, wanted: channels)
    }
    let wanted = normalization.bits
    guard wanted.map({ $0 == bits }) ?? (bits <= 16) else {
      let reason =
        wanted.map {
          "normalization \(normalization.kind.rawValue) was measured on "
            + Normalization.depth(bits: $0)
        } ?? "normalization linear takes 8 or 16 bits: train with standard or percentile"
      throw .otherDepth(source: source, has: bits, wanted: reason)
    }
  }
}

extension Picture {
  /// Decodes a file as a network takes it, at its own depth; see ``read(path:options:)``.
  ///
  /// - Parameter minimumSide: see ``DecodeOptions/minimumSide``.
  /// - Throws: ``ImageError``; also where the picture has other channels or another depth.
  public static func read(
    path: String, input: InputFormat, minimumSide: Int = 0
  ) throws(ImageError) -> Picture {
    var options = input.decoding
    options.minimumSide = minimumSide
    let picture = try read(path: path, options: options)
    try input.check(picture, source: path)
    return picture
  }

  /// Decodes a file's bytes as a network takes it; see ``read(path:input:minimumSide:)``.
  public static func decode(_ bytes: [UInt8], input: InputFormat) throws(ImageError) -> Picture {
    let picture = try decode(bytes, options: input.decoding)
    try input.check(picture, source: "bytes in memory")
    return picture
  }
}
