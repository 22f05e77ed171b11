import Images

/// What reading a picture's file once tells, small enough to keep for every picture of a set.
struct PictureFacts: Sendable {
  var look = PictureLook()
  /// Of the whole file.
  var checksum: UInt64 = 0
  /// After EXIF orientation; 0 where the header cannot be read.
  var width: Int32 = 0
  var height: Int32 = 0
  /// EXIF's; 1 is upright.
  var orientation: UInt8 = 1
  /// Told by the first bytes; nil where they are no picture's.
  var format: PictureBytes.Format?
  /// Decoded to its end.
  var isUsable = false

  /// The picture's own format, where its extension names another.
  func formatBelied(by path: String) -> PictureBytes.Format? {
    format.flatMap { $0.extensions.contains(Paths.fileExtension(path)) ? nil : $0 }
  }

  /// The size as stored, before EXIF orientation, where that differs.
  var storedSize: (width: Int32, height: Int32)? {
    orientation >= 5 && width != height ? (height, width) : nil
  }

  /// Reads the file whole; the second value says why the picture cannot be used.
  static func reading(_ path: String) -> (facts: PictureFacts, failure: String?) {
    var facts = PictureFacts()
    do throws(ImageError) {
      let bytes = try PictureBytes(path: path)
      facts.checksum = bytes.checksum
      let header = try bytes.header()
      facts.width = Int32(header.width)
      facts.height = Int32(header.height)
      facts.orientation = UInt8(clamping: header.orientation)
      facts.format = header.format
      var options = DecodeOptions(keeps16Bits: true, minimumSide: PictureLook.decodedSide)
      options.keepsFloats = true
      let picture = try bytes.decode(options)
      facts.look = PictureLook(try picture.preview())
      facts.isUsable = true
      return (facts, nil)
    } catch {
      return (facts, error.reason(path: path))
    }
  }
}
