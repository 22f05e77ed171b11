import Foundation
import Glibc

/// Files that are on the disk, whole, when the call returns: plain system calls, since what a power
/// cut leaves behind depends on which of them were made.
package enum DurableFiles {
  /// Writes a new file and flushes it to the disk.
  package static func write(_ data: Data, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw TrainingError.writeFailed(path: path, reason: lastReason()) }
    defer { close(file) }
    try writeAll(data, to: file, path: path)
    guard fsync(file) == 0 else {
      throw TrainingError.writeFailed(path: path, reason: lastReason())
    }
  }

  /// Writes beside the file, then takes its place.
  package static func replace(_ path: String, with data: Data) throws {
    let partial = path + ".partial"
    do {
      try write(data, to: partial)
      try move(partial, to: path)
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Renames and flushes the folder that the name stands in.
  package static func move(_ source: String, to destination: String) throws {
    guard rename(source, destination) == 0 else {
      throw TrainingError.writeFailed(path: destination, reason: lastReason())
    }
    try flush(folder: (destination as NSString).deletingLastPathComponent)
  }

  package static func flush(folder: String) throws {
    let handle = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { throw TrainingError.writeFailed(path: folder, reason: lastReason()) }
    defer { close(handle) }
    guard fsync(handle) == 0 else {
      throw TrainingError.writeFailed(path: folder, reason: lastReason())
    }
  }

  package static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.cannotCreate(path: path, reason: lastReason())
    }
  }

  package static func read(_ path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TrainingError.readFailed(path: path, reason: lastReason())
    }
    return data
  }

  package static func writeAll(_ data: Data, to file: Int32, path: String) throws {
    try data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(file, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          throw TrainingError.writeFailed(path: path, reason: lastReason())
        }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// What the system says about the call that failed last, in lower case.
  package static func lastReason() -> String {
    String(cString: strerror(errno)).lowercased()
  }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate var baseAddress: UnsafeRawPointer? { base.baseAddress.map { $0 + startIndex } }
}
