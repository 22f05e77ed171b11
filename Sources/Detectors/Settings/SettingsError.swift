import Spelling

/// What is wrong with settings that somebody wrote.
public enum SettingsError: Error, Hashable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  /// Not YAML.
  case malformed(file: String, line: Int, reason: String)
  case unknownKey(file: String, line: Int, key: String, valid: [String])
  /// A name that picks one of several things.
  case unknownName(file: String, line: Int, key: String, name: String, valid: [String])
  case wrongValue(file: String, line: Int, key: String, reason: String)
  /// Each value is fine alone, but not with the others.
  case contradiction(key: String, reason: String)
  case unknownModel(name: String, valid: [String])

  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file) cannot be read: \(reason)"
    case .malformed(let file, let line, let reason):
      "\(file), line \(line): not valid YAML: \(reason)"
    case .unknownKey(let file, let line, let key, let valid):
      "\(file), line \(line): unknown key \(key)\(Self.remedy(key, valid))"
    case .unknownName(let file, let line, let key, let name, let valid):
      "\(file), line \(line): \(key) knows no \"\(name)\"\(Self.remedy(name, valid))"
    case .wrongValue(let file, let line, let key, let reason):
      "\(file), line \(line): \(key) \(reason)"
    case .contradiction(let key, let reason):
      "\(key) \(reason)"
    case .unknownModel(let name, let valid):
      "no model is called \"\(name)\"\(Self.remedy(name, valid)), or the path of a YAML file"
    }
  }

  /// Of the valid names the one that was most likely meant.
  static func meant(_ name: String, _ valid: [String]) -> String? {
    FieldNames.valid(for: name, in: valid) ?? nearestName(to: name, in: valid)
  }

  private static func remedy(_ given: String, _ valid: [String]) -> String {
    // Of `relu(3)` the name is meant.
    let name = given.prefix { $0 != "(" }
    let last = name.split(separator: ".").last.map(String.init) ?? given
    let nearest = meant(last, valid).map { "; did you mean \($0)?" } ?? ";"
    return "\(nearest) valid: \(valid.joined(separator: ", "))"
  }
}
