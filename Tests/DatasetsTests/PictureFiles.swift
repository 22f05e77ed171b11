import Foundation
import Images
import TestSupport

extension TemporaryFolder {
  /// A picture whose pixel (x, y) is (x, y, x + y + tint), modulo 256.
  @discardableResult
  func writePicture(
    _ name: String, width: Int = 100, height: Int = 80, tint: Int = 0
  ) throws -> String {
    let file = appending(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        pixels += [x, y, x + y + tint].map { UInt8(truncatingIfNeeded: $0) }
      }
    }
    try Picture(pixels: pixels, width: width, height: height).write(to: file.path)
    return file.path
  }

  /// Keeps the first `share` of a file's bytes.
  func truncate(_ name: String, to share: Double) throws {
    let bytes = try Data(contentsOf: appending(name))
    try bytes.prefix(Int(Double(bytes.count) * share)).write(to: appending(name))
  }
}

/// The sentence of the error that `body` throws; empty when it throws none.
func sentence(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return ""
}
