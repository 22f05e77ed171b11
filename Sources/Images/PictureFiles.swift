import CBridge

/// How pictures are decoded.
///
/// ``Picture/read(path:input:minimumSide:)`` decodes as a network takes them.
public struct DecodeOptions: Hashable, Sendable {
  /// Gray and RGBA become RGB (alpha left out without blending). When false, gray stays one channel
  /// and alpha is kept. Of two or of more than four channels neither is true: they stay.
  public var forcesRGB = true
  /// 16-bit pictures stay so; when false they are ``ImageError/sixteenBits(source:)``.
  public var keeps16Bits = false
  /// Pictures of 32-bit floats are taken; when false they are
  /// ``ImageError/unreadable(source:reason:)``.
  public var keepsFloats = false
  /// JPEG: decode at ½, ¼ or ⅛ of the size as long as both sides stay at least this many pixels;
  /// 0: full size.
  public var minimumSide = 0

  public init(forcesRGB: Bool = true, keeps16Bits: Bool = false, minimumSide: Int = 0) {
    self.forcesRGB = forcesRGB
    self.keeps16Bits = keeps16Bits
    self.minimumSide = minimumSide
  }

  var bridged: cb_decode_options {
    cb_decode_options(
      force_rgb: forcesRGB, keep_16_bits: keeps16Bits, keep_floats: keepsFloats,
      minimum_side: Int32(clamping: minimumSide))
  }
}

/// What a picture file's header says.
public struct PictureInfo: Hashable, Sendable {
  /// After EXIF orientation.
  public var width: Int
  /// After EXIF orientation.
  public var height: Int
  /// 1 (gray), 3 (RGB) or 4 (RGBA) once decoded without ``DecodeOptions/forcesRGB``; of TIFF any
  /// number up to 16.
  public var channels: Int
  /// Bits a channel once decoded: 8, 16, or 32 of floats.
  public var bits: Int

  public init(width: Int, height: Int, channels: Int, bits: Int) {
    (self.width, self.height, self.channels, self.bits) = (width, height, channels, bits)
  }
}

extension Picture {
  /// Decodes a JPEG, PNG, BMP, TIFF (its first page) or WebP file, told by its first bytes whatever
  /// its name, and turns it upright as its EXIF orientation asks.
  ///
  /// - Throws: ``ImageError``; ``ImageError/damaged(source:reason:)`` for a file that ends early or
  ///   is corrupt, though a viewer may show some of it.
  public static func read(
    path: String, options: DecodeOptions = DecodeOptions()
  ) throws(ImageError) -> Picture {
    Picture(
      owning: try made(path) { out, message, capacity in
        cb_image_decode_file(path, options.bridged, out, message, capacity)
      })
  }

  /// Decodes a file's bytes; see ``read(path:options:)``.
  public static func decode(
    _ bytes: [UInt8], options: DecodeOptions = DecodeOptions()
  ) throws(ImageError) -> Picture {
    Picture(
      owning: try made("bytes in memory") { out, message, capacity in
        cb_image_decode_bytes(bytes, bytes.count, options.bridged, out, message, capacity)
      })
  }

  /// Reads a file's header alone; its data may still be damaged.
  public static func probe(path: String) throws(ImageError) -> PictureInfo {
    var info = cb_image_info()
    try ImageError.check(path) { message, capacity in
      cb_image_probe_file(path, &info, message, capacity)
    }
    return PictureInfo(
      width: Int(info.width), height: Int(info.height), channels: Int(info.channels),
      bits: Int(info.bits))
  }

  /// Writes a file in the format of the path's extension: jpg, png, bmp, tiff or webp. A file that
  /// could not be written whole is removed.
  ///
  /// - Parameter quality: of JPEG and WebP, 0–100.
  public func write(to path: String, quality: Int = 92) throws(ImageError) {
    try ImageError.check(path) { message, capacity in
      cb_image_encode_file(handle, path, Int32(clamping: quality), message, capacity)
    }
  }

  /// The bytes of a file in the given format: jpg, png, bmp, tiff or webp.
  ///
  /// - Parameter quality: of JPEG and WebP, 0–100.
  public func encoded(as format: String, quality: Int = 92) throws(ImageError) -> [UInt8] {
    var data: UnsafeMutablePointer<UInt8>?
    var size = 0
    try ImageError.check("bytes in memory") { message, capacity in
      cb_image_encode_bytes(
        handle, format, Int32(clamping: quality), &data, &size, message, capacity)
    }
    defer { cb_bytes_destroy(data) }
    return [UInt8](UnsafeBufferPointer(start: data, count: size))
  }
}
