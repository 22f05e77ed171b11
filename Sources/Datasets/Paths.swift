import Foundation

/// Paths as data descriptions write them.
enum Paths {
  /// `path` seen from `folder`: absolute paths and `~` stay, `.` and `..` are resolved by letter.
  static func resolve(_ path: String, in folder: String) -> String {
    let expanded = path.hasPrefix("~") ? NSString(string: path).expandingTildeInPath : path
    let joined = expanded.hasPrefix("/") ? expanded : folder + "/" + expanded
    return normalized(joined)
  }

  static func normalized(_ path: String) -> String {
    if isNormal(path) { return path }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !path.hasPrefix("/") {
        parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    return path.hasPrefix("/") ? "/" + joined : (joined.isEmpty ? "." : joined)
  }

  /// Whether an absolute path has no empty part and none that is `.` or `..`: most have not, and a
  /// look at the bytes tells.
  private static func isNormal(_ path: String) -> Bool {
    var path = path
    return path.withUTF8 { bytes in
      guard bytes.count > 1, bytes[0] == slash else { return false }
      var start = 1
      for index in 1...bytes.count where index == bytes.count || bytes[index] == slash {
        let length = index - start
        let isDots = length <= 2 && bytes[start..<index].allSatisfy { $0 == dot }
        // A part of no bytes is all dots too.
        if isDots { return false }
        start = index + 1
      }
      return true
    }
  }

  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")

  static func folder(of path: String) -> String {
    guard let last = path.utf8.lastIndex(of: slash) else { return "." }
    return last == path.startIndex ? "/" : String(path[..<last])
  }

  /// The deepest folder that all lie in, the same folder included; empty for the root.
  static func commonFolder(_ folders: [String]) -> String {
    let parts = folders.map { $0.split(separator: "/") }
    let common = parts.dropFirst().reduce(parts.first ?? []) { common, folder in
      Array(common.prefix(zip(common, folder).prefix { $0 == $1 }.count))
    }
    return common.map { "/" + $0 }.joined()
  }

  static func fileName(of path: String) -> String {
    String(path[nameStart(path)...])
  }

  private static func nameStart(_ path: String) -> String.Index {
    path.utf8.lastIndex(of: slash).map(path.utf8.index(after:)) ?? path.startIndex
  }

  /// The dot before the last extension; a name that begins with its only dot has none.
  private static func extensionDot(_ path: String) -> String.Index? {
    let start = nameStart(path)
    return path.utf8[start...].lastIndex(of: dot).flatMap { $0 == start ? nil : $0 }
  }

  /// Without the last extension.
  static func withoutExtension(_ path: String) -> String {
    extensionDot(path).map { String(path[..<$0]) } ?? path
  }

  /// Lower case, without the dot; empty when there is none.
  static func fileExtension(_ path: String) -> String {
    extensionDot(path).map { path[path.utf8.index(after: $0)...].lowercased() } ?? ""
  }

  /// With all links followed; as it is where nothing is there.
  static func real(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// ``exists(_:)`` of many, on all processors.
  static func exist(_ paths: [String]) -> [Bool] { Concurrently.map(paths, exists) }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Names in a folder in the order of their bytes, which no locale changes; empty when absent.
  static func names(in folder: String) -> [String] { entries(of: folder).map(\.name) }

  private struct Entry {
    var name: String
    var isFolder: Bool
  }

  /// What lies in a folder, hidden files left out, in the order of the names' bytes; links count as
  /// what they lead to.
  private static func entries(of folder: String) -> [Entry] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while let entry = readdir(stream) {
      let kind = Int(entry.pointee.d_type)
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      // The kind is told without a look at the file itself, unless that is a link.
      let isKnown = kind != Int(DT_UNKNOWN) && kind != Int(DT_LNK)
      entries.append(
        Entry(name: name, isFolder: isKnown ? kind == Int(DT_DIR) : isFolder("\(folder)/\(name)")))
    }
    return entries.sorted { $0.name < $1.name }
  }

  /// Whether nothing is lost by making a folder there: nothing exists, or a folder of nothing.
  static func isFree(_ path: String) -> Bool {
    guard exists(path) else { return true }
    return isFolder(path)
      && (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true
  }

  /// Lines with any of the usual ends; empty ones stay, so that positions are line numbers.
  static func lines(of text: String) -> [Substring] {
    var text = text
    // Without letters beyond ASCII, and without the rarer ends of lines, bytes are characters.
    let isPlain = text.withUTF8 { bytes in
      bytes.allSatisfy { $0 < 0x80 && $0 != 0x0B && $0 != 0x0C && $0 != carriageReturn }
    }
    if isPlain {
      return text.utf8.split(separator: lineFeed, omittingEmptySubsequences: false)
        .map { Substring($0) }
    }
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// - Parameter what: what the file is for, as the error names it.
  static func text(at path: String, what: String) throws(DatasetError) -> String {
    guard let bytes = FileBytes.whole(path) else {
      throw exists(path)
        ? DatasetError.unreadableFile(path: path) : DatasetError.notFound(what: what, path: path)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DatasetError.unreadableFile(path: path)
    }
    return text
  }

  /// Extensions under which pictures are looked for; their kind is told from the first bytes later.
  static let pictureExtensions = ["jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp"]

  static func isPicture(_ path: String) -> Bool {
    pictureExtensions.contains(fileExtension(path))
  }

  /// All files in a folder and the folders below it, links followed, in the order of their bytes;
  /// hidden ones are left out.
  static func files(under folder: String) -> [String] {
    var visited: Set<String> = []
    var found: [String] = []
    func walk(_ folder: String) {
      // A link may lead back to where it stands.
      let place = real(folder)
      guard visited.insert(place).inserted else { return }
      defer { visited.remove(place) }
      for entry in entries(of: folder) {
        let path = folder + "/" + entry.name
        if entry.isFolder { walk(path) } else { found.append(path) }
      }
    }
    walk(folder)
    return found.sorted()
  }

  /// Those of ``files(under:)`` that a picture's extension tells.
  static func pictures(under folder: String) -> [String] {
    files(under: folder).filter(isPicture)
  }
}

extension Paths {
  static var workingFolder: String { FileManager.default.currentDirectoryPath }

  /// True for a folder with annotations beside its pictures.
  static func holdsXML(_ path: String) -> Bool {
    isFolder(path) && names(in: path).contains { fileExtension($0) == "xml" }
  }
}
