import Foundation
import Networks

/// Writes a result's JSON document to a file, or to standard output for `-`.
enum JSONOutput {
  /// Whether files can be made where results are to go: before the work, not after it.
  ///
  /// - Throws: ``CommandError/cannotCreate(path:reason:)``.
  static func check(_ destinations: [String?]) throws {
    for path in destinations.compactMap({ $0 }) where path != "-" {
      var isFolder: ObjCBool = false
      let manager = FileManager.default
      let exists = manager.fileExists(atPath: path, isDirectory: &isFolder)
      let folder = (path as NSString).deletingLastPathComponent
      let target = exists ? path : folder.isEmpty ? "." : folder
      if exists && isFolder.boolValue {
        throw CommandError.cannotCreate(path: path, reason: "it is a folder")
      }
      guard access(target, W_OK) == 0 else { throw cannotCreate(path) }
    }
  }

  static func write(_ document: some Encodable, to destination: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let data = try encoder.encode(document) + Data("\n".utf8)
    if destination == "-" {
      FileHandle.standardOutput.write(data)
      return
    }
    guard FileManager.default.createFile(atPath: destination, contents: data) else {
      throw cannotCreate(destination)
    }
  }

  private static func cannotCreate(_ path: String) -> CommandError {
    .cannotCreate(path: path, reason: String(cString: strerror(errno)).lowercased())
  }
}

/// An input's size in JSON: a number where it is square, else height and width.
struct InputSide: Encodable {
  var extent: Extent

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if extent.height == extent.width {
      try container.encode(extent.height)
    } else {
      try container.encode([extent.height, extent.width])
    }
  }
}
