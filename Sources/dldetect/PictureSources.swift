import Foundation

/// Turns what a user names into paths of pictures.
struct PictureSources {
  struct Failure {
    var source: String
    var error: CommandError
  }

  private(set) var paths: [String] = []
  private(set) var failures: [Failure] = []

  private static let extensions: Set = ["jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp"]

  init(_ sources: [String]) {
    for source in sources {
      if source == "-" {
        while let line = readLine() {
          if !line.isEmpty { add(line) }
        }
      } else {
        add(source)
      }
    }
  }

  private mutating func add(_ source: String) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) {
      if isFolder.boolValue { add(folder: source) } else { paths.append(source) }
      return
    }
    let matches = expanded(source)
    if matches.isEmpty {
      failures.append(.init(source: source, error: .sourceNotFound(path: source)))
    }
    for match in matches { add(match) }
  }

  private mutating func add(folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let pictures = names.sorted().filter {
      Self.extensions.contains(($0 as NSString).pathExtension.lowercased())
    }
    if pictures.isEmpty {
      failures.append(.init(source: folder, error: .noPictures(path: folder)))
    }
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    paths += pictures.map { "\(base)/\($0)" }
  }

  /// What a glob stands for, in the order of names.
  private func expanded(_ pattern: String) -> [String] {
    guard pattern.contains(where: { "*?[".contains($0) }) else { return [] }
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      result.gl_pathv[index].map { String(cString: $0) }
    }
  }
}
