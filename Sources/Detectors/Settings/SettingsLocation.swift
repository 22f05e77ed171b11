import Yams

extension SettingsError {
  /// The same, with file and line where a contradiction's key, or the part that it belongs to, is
  /// written.
  func located(in yaml: String, file: String) -> SettingsError {
    guard case .contradiction(let key, let reason) = self,
      var node = (try? Yams.compose(yaml: yaml)) ?? nil
    else { return self }
    // A key may stand for several: "backbone.growth and expansion".
    let path = key.prefix { $0 != " " && $0 != "," }.split(separator: ".")
    var line: Int?
    for name in path {
      guard case .mapping(let mapping) = node,
        let entry = mapping.first(where: { $0.key.string == String(name) })
      else { break }
      line = entry.key.mark?.line
      node = entry.value
    }
    guard let line else { return self }
    return .wrongValue(file: file, line: line, key: key, reason: reason)
  }
}
