import Foundation

/// Makes files and folders, with errors that say which.
enum OutputFile {
  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw DatasetError.cannotCreate(
        path: path, reason: "a folder above it is missing, a file, or not permitted")
    }
  }

  static func write(_ text: String, to path: String) throws {
    try write(Data(text.utf8), to: path)
  }

  static func write(_ data: Data, to path: String) throws {
    try makeFolder(Paths.folder(of: path))
    do { try data.write(to: URL(fileURLWithPath: path)) } catch {
      throw DatasetError.cannotWrite(path: path, reason: "the disk is full or writing is forbidden")
    }
  }

  /// Copies a picture, or links to the file that holds it, unless it is there already.
  static func place(_ picture: String, at path: String, copies: Bool) throws {
    if Paths.exists(path) { return }
    let source = Paths.real(picture)
    do {
      if copies {
        try FileManager.default.copyItem(atPath: source, toPath: path)
      } else {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: source)
      }
    } catch {
      throw DatasetError.cannotWrite(
        path: path,
        reason: copies
          ? "\(source) cannot be copied there" : "a link cannot be made there; copy the pictures")
    }
  }

  /// Lets `body` fill a folder of another name, which takes the final one when it is whole.
  ///
  /// - Parameter replaces: whether what lies there gives way; else it must be an empty folder.
  static func writeFolder(
    _ path: String, replaces: Bool = false, _ body: (_ partial: String) throws -> Void
  ) throws {
    let path = Paths.real(path)
    let partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: partial) }
    try makeFolder(partial)
    try body(partial)
    if replaces { try? FileManager.default.removeItem(atPath: path) }
    // Of a folder that is not empty rename(2) makes an error.
    guard rename(partial, path) == 0 else {
      throw DatasetError.cannotWrite(path: path, reason: "the finished set cannot be moved there")
    }
  }
}
