import Foundation

/// The files that a command is to write, looked at before the work and not after it.
enum OutputFiles {
  /// An option, and the file that it names.
  typealias Named = (option: String, path: String?)

  /// Whether all can be made, and none is a file that the command reads or writes for something else.
  ///
  /// - Parameters:
  ///   - json: of `--json`, which alone may be standard output (`-`).
  ///   - files: of other options.
  ///   - inputs: what is read.
  /// - Throws: ``CommandError/wrongUsage(reason:)`` or ``CommandError/cannotCreate(path:reason:)``.
  static func check(
    json: String?, _ files: [Named] = [], reading inputs: @autoclosure () -> [Named]
  ) throws {
    if let file = files.first(where: { $0.path == "-" }) {
      throw CommandError.wrongUsage(
        reason: "\(file.option) needs a file's name, standard output is for the figures")
    }
    let outputs = ((json == "-" ? [] : [("--json", json)]) + files).filter { $0.path != nil }
    guard !outputs.isEmpty else { return }
    var taken: [String: Named] = [:]
    for input in inputs() {
      if let path = input.path.flatMap(file) { taken[path] = input }
    }
    for output in outputs {
      guard let path = output.path else { continue }
      guard !path.isEmpty else {
        throw CommandError.wrongUsage(reason: "\(output.option) is empty, give a file's name")
      }
      try check(path)
      guard let file = file(path) ?? newFile(path) else { continue }
      if let other = taken.updateValue(output, forKey: file) {
        throw CommandError.wrongUsage(
          reason: "\(output.option) and \(other.option) name the same file, \(path); give "
            + "\(output.option) another")
      }
    }
  }

  /// Whether a file can be made or replaced there.
  private static func check(_ path: String) throws {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    let exists = manager.fileExists(atPath: path, isDirectory: &isFolder)
    if exists && isFolder.boolValue {
      throw CommandError.cannotCreate(path: path, reason: "it is a folder")
    }
    let target = exists ? path : folder(of: path)
    guard access(target, W_OK) == 0 else { throw CommandError.cannotCreate(path: path) }
    _ = manager.fileExists(atPath: target, isDirectory: &isFolder)
    guard exists || isFolder.boolValue else {
      throw CommandError.cannotCreate(path: path, reason: "\(target) is no folder")
    }
  }

  /// The absolute path without links; nil where there is no file, or a folder, a pipe or a device.
  private static func file(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return real(path)
  }

  /// The same of a file that is not there yet.
  private static func newFile(_ path: String) -> String? {
    guard real(path) == nil else { return nil }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return real(folder(of: path)).map { "\($0)/\(name)" }
  }

  private static func real(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }

  /// By the text alone; of `name/`, which must be a folder, it is `name`.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
