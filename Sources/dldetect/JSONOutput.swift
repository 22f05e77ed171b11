import Foundation

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
    guard FileManager.default.createFile(atPath: destination, contents: data) else {
      throw CommandError.cannotWrite(
        path: destination, reason: String(cString: strerror(errno)).lowercased())
    }
  }
}
