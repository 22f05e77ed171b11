import Foundation
import Images

/// A folder of its own for one test, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "dldetect-datasets-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = try prepared(name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// A picture whose pixel (x, y) is (x, y, x + y + tint), modulo 256.
  @discardableResult
  func writePicture(
    _ name: String, width: Int = 100, height: Int = 80, tint: Int = 0
  ) throws -> String {
    let file = try prepared(name)
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        pixels += [x, y, x + y + tint].map { UInt8(truncatingIfNeeded: $0) }
      }
    }
    try Picture(pixels: pixels, width: width, height: height).write(to: file)
    return file
  }

  /// Keeps the first `share` of a file's bytes.
  func truncate(_ name: String, to share: Double) throws {
    let file = path + "/" + name
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    try bytes.prefix(Int(Double(bytes.count) * share)).write(to: URL(fileURLWithPath: file))
  }

  private func prepared(_ name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: file).deletingLastPathComponent(),
      withIntermediateDirectories: true)
    return file
  }
}

/// An absolute path in the package's folder.
func packagePath(_ relative: String) -> String {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  return root.appendingPathComponent(relative).standardizedFileURL.path
}

/// The sentence of the error that `body` throws; empty when it throws none.
func sentence(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return ""
}
