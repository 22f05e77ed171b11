import Yams

extension SettingsError {
  /// What the settings of each part have to go with, the likeliest first.
  private static let partners = [
    "strides": ["backbone", "neck"], "backbone": ["strides"], "context": ["backbone"],
    "neck": ["strides", "backbone", "head"], "head": ["neck", "strides", "backbone"],
  ]

  /// The same, with file and line where a contradiction's key is written: the part that it belongs to
  /// where the key itself is not; where that part is not written either, what it has to go with.
  func located(in yaml: String, file: String) -> SettingsError {
    guard case .contradiction(let key, let reason) = self,
      let node = (try? Yams.compose(yaml: yaml)) ?? nil, case .mapping(let document) = node
    else { return self }
    precondition(!key.contains(" "), "a refusal must name one key, not \(key)")
    let path = key.split(separator: ".").map(String.init)
    let partners = (Self.partners[path[0]] ?? []) + ["preset"]
    guard
      let line = Self.line(of: path, in: node)
        ?? partners.lazy.compactMap({ Self.line(of: [$0], in: node) }).first
        ?? document.first?.key.mark?.line
    else { return self }
    return .wrongValue(file: file, line: line, key: key, reason: reason)
  }

  /// Of the deepest key of the path that is written.
  private static func line(of path: [String], in document: Node) -> Int? {
    var node = document
    var line: Int?
    for name in path {
      guard case .mapping(let mapping) = node,
        let entry = mapping.first(where: { $0.key.string == name })
      else { break }
      line = entry.key.mark?.line
      node = entry.value
    }
    return line
  }
}
