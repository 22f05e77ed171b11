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

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func fileName(of path: String) -> String {
    String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
  }

  /// Without the last extension; a name that begins with its only dot has none.
  static func withoutExtension(_ path: String) -> String {
    let name = fileName(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return path }
    return String(path.dropLast(name.distance(from: dot, to: name.endIndex)))
  }

  /// Lower case, without the dot; empty when there is none.
  static func fileExtension(_ path: String) -> String {
    let stem = withoutExtension(path)
    return stem.count == path.count ? "" : path.dropFirst(stem.count + 1).lowercased()
  }

  /// With all links followed; as it is where nothing is there.
  static func real(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Names in a folder in the order of their bytes, which no locale changes; empty when absent.
  static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Whether nothing is lost by making a folder there: nothing exists, or a folder of nothing.
  static func isFree(_ path: String) -> Bool {
    guard exists(path) else { return true }
    return isFolder(path)
      && (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true
  }

  /// Lines with any of the usual ends; empty ones stay, so that positions are line numbers.
  static func lines(of text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// - Parameter what: what the file is for, as the error names it.
  static func text(at path: String, what: String) throws -> String {
    guard exists(path) else { throw DatasetError.notFound(what: what, path: path) }
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(bytes: data, encoding: .utf8)
    else { throw DatasetError.unreadableFile(path: path) }
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
    func walk(_ folder: String) -> [String] {
      // A link may lead back to where it stands.
      let place = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
      guard visited.insert(place).inserted else { return [] }
      defer { visited.remove(place) }
      return names(in: folder).flatMap { name in
        let path = folder + "/" + name
        return isFolder(path) ? walk(path) : [path]
      }
    }
    return walk(folder).sorted()
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
