import CBridge
import Foundation

/// A picture file's bytes, read once for everything that is to be known of them.
package struct PictureBytes {
  package enum Format: String, Sendable, CaseIterable {
    case jpeg, png, bmp, tiff, webp

    /// Extensions that name the format truly, in lower case.
    package var extensions: [String] {
      switch self {
      case .jpeg: ["jpg", "jpeg"]
      case .tiff: ["tif", "tiff"]
      default: [rawValue]
      }
    }

    fileprivate init(_ format: cb_format) {
      self =
        switch format {
        case CB_FORMAT_JPEG: .jpeg
        case CB_FORMAT_PNG: .png
        case CB_FORMAT_BMP: .bmp
        case CB_FORMAT_TIFF: .tiff
        default: .webp
        }
    }
  }

  package struct Header: Hashable, Sendable {
    package var format: Format
    /// Before EXIF orientation.
    package var storedWidth: Int
    /// Before EXIF orientation.
    package var storedHeight: Int
    /// EXIF's: 1 is upright; 5 to 8 swap width and height.
    package var orientation: Int

    package var width: Int { orientation >= 5 ? storedHeight : storedWidth }
    package var height: Int { orientation >= 5 ? storedWidth : storedHeight }
  }

  private let path: String
  private let data: Data

  /// - Throws: ``ImageError/notFound(source:)`` or ``ImageError/unreadable(source:reason:)``.
  package init(path: String) throws(ImageError) {
    self.path = path
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileManager.default.fileExists(atPath: path)
        ? .unreadable(source: path, reason: "a folder, or not permitted")
        : .notFound(source: path)
    }
    self.data = data
  }

  /// XXH64 of the whole file.
  package var checksum: UInt64 {
    data.withUnsafeBytes { cb_checksum($0.baseAddress, $0.count) }
  }

  package func header() throws(ImageError) -> Header {
    var header = cb_header()
    try ImageError.check(path) { message, capacity in
      data.withUnsafeBytes {
        cb_image_read_header($0.baseAddress, $0.count, &header, message, capacity)
      }
    }
    return Header(
      format: Format(header.format), storedWidth: Int(header.stored_width),
      storedHeight: Int(header.stored_height), orientation: Int(header.orientation))
  }

  package func decode(_ options: DecodeOptions) throws(ImageError) -> Picture {
    Picture(
      owning: try Picture.made(path) { out, message, capacity in
        data.withUnsafeBytes {
          cb_image_decode_bytes(
            $0.baseAddress, $0.count, options.bridged, out, message, capacity)
        }
      })
  }
}
