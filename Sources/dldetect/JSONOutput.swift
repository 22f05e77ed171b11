import Foundation
import Networks

/// Writes a result's JSON document to a file, or to standard output for `-`.
enum JSONOutput {
  static func write(_ document: some Encodable, to destination: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let data = try encoder.encode(document) + Data("\n".utf8)
    if destination == "-" {
      FileHandle.standardOutput.write(data)
      return
    }
    // In place: a link stays one, and a device or a pipe takes what is written.
    do { try data.write(to: URL(fileURLWithPath: destination)) } catch {
      throw CommandError.cannotCreate(path: destination)
    }
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
