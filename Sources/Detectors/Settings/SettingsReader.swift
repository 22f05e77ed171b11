import Boxes
import Foundation
import Yams

/// Reads settings from YAML that names only what differs from given defaults.
///
/// What was written is laid over the defaults' own YAML, key by key, so every key there is comes
/// from the types themselves, and one that is in neither is a mistake.
package struct SettingsReader {
  /// For messages.
  package var file: String
  /// By dotted path of a key: the defaults of each thing that `type:` can pick there.
  package var variants: [String: [(name: String, defaults: any Encodable)]]
  /// By dotted path: what `kind:` can be there.
  package var kinds: [String: [String]] = [:]
  /// A key that picks one of several sets of defaults and is no setting itself.
  package var selector: String?
  /// Dotted paths of the keys that were read; without those of a mapping that names all keys that there
  /// are, as the program writes it.
  package private(set) var written: Set<String> = []

  package init(
    file: String, variants: [String: [(name: String, defaults: any Encodable)]] = [:]
  ) {
    self.file = file
    self.variants = variants
  }

  /// - Throws: ``SettingsError``.
  package mutating func read<Settings: Codable>(_ yaml: String, over defaults: Settings) throws
    -> Settings
  {
    try read(yaml, over: [("", defaults)])
  }

  /// - Parameter choices: what ``selector`` picks from; the first where it is absent.
  /// - Throws: ``SettingsError``.
  package mutating func read<Settings: Codable>(
    _ yaml: String, over choices: [(name: String, defaults: Settings)]
  ) throws -> Settings {
    guard var given = try compose(yaml), given.null == nil else { return choices[0].defaults }
    let defaults = try pick(&given, choices)
    let merged = try merge(given, over: node(defaults), path: [])
    do {
      return try YAMLDecoder().decode(Settings.self, from: merged)
    } catch let error as UnknownChoice {
      throw SettingsError.unknownName(
        file: file, line: line(error.path, in: merged), key: error.path.joined(separator: "."),
        name: error.name, valid: error.valid)
    } catch let error as DecodingError {
      throw wrongValue(error, in: merged)
    }
  }

  /// Takes the selector out of what was written.
  private func pick<Settings>(
    _ given: inout Node, _ choices: [(name: String, defaults: Settings)]
  ) throws -> Settings {
    guard let selector, case .mapping(var mapping) = given, let name = mapping[Node(selector)]
    else { return choices[0].defaults }
    guard let choice = choices.first(where: { $0.name == name.string }) else {
      throw SettingsError.unknownName(
        file: file, line: name.mark?.line ?? 0, key: selector, name: name.string ?? "",
        valid: choices.map(\.name))
    }
    mapping[Node(selector)] = nil
    given = .mapping(mapping)
    return choice.defaults
  }

  /// - Throws: ``SettingsError/unreadable(file:reason:)``.
  package static func text(of file: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw SettingsError.unreadable(
        file: file,
        reason: FileManager.default.fileExists(atPath: file)
          ? "it is a folder or not permitted" : "there is no such file")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw SettingsError.unreadable(file: file, reason: "it is not UTF-8 text")
    }
    return text
  }

  package static func yaml(_ settings: some Encodable) -> String {
    // Settings hold plain numbers, strings, lists and structures, which always encode.
    try! YAMLEncoder().encode(settings)
  }

  private func compose(_ yaml: String) throws -> Node? {
    do {
      return try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw malformed(error)
    }
  }

  private func node(_ value: any Encodable) throws -> Node {
    try Yams.compose(yaml: Self.yaml(value)) ?? Node([:])
  }

  private mutating func merge(_ given: Node, over defaults: Node, path: [String]) throws -> Node {
    guard case .mapping(let known) = defaults else { return given }
    guard case .mapping(let entries) = given else {
      if given.null != nil { return defaults }
      throw wrongValue(given, path, "must hold keys: \(remedy(given, known, path))")
    }
    var result = try base(entries, known: known, path: path)
    let isComplete = entries.count == result.count
    for (key, value) in entries {
      let name = key.string ?? ""
      guard let fallback = result[key] else {
        throw SettingsError.unknownKey(
          file: file, line: key.mark?.line ?? 0, key: (path + [name]).joined(separator: "."),
          valid: keys(result))
      }
      if !isComplete { written.insert((path + [name]).joined(separator: ".")) }
      result[key] = try merge(value, over: fallback, path: path + [name])
    }
    return .mapping(result)
  }

  /// The defaults of what `type:` picks, where it picks something else than the defaults do.
  private func base(_ written: Node.Mapping, known: Node.Mapping, path: [String]) throws
    -> Node.Mapping
  {
    guard let choices = variants[path.joined(separator: ".")], let type = written["type"],
      let name = type.string, name != known["type"]?.string
    else { return known }
    guard let choice = choices.first(where: { $0.name == name }),
      case .mapping(let defaults) = try node(choice.defaults)
    else {
      throw SettingsError.unknownName(
        file: file, line: type.mark?.line ?? 0, key: (path + ["type"]).joined(separator: "."),
        name: name, valid: choices.map(\.name))
    }
    return defaults
  }

  /// What to write where keys are needed.
  private func remedy(_ given: Node, _ known: Node.Mapping, _ path: [String]) -> String {
    let place = path.joined(separator: ".")
    let list = keys(known).joined(separator: ", ")
    let types = variants[place]?.map(\.name)
    guard let names = types ?? kinds[place] else { return list }
    let key = types == nil ? "kind" : "type"
    let meant = given.string.flatMap { SettingsError.meant($0, names) } ?? names[0]
    return "write {\(key): \(meant)}; \(key)s: \(names.joined(separator: ", ")); keys: \(list)"
  }

  private func keys(_ mapping: Node.Mapping) -> [String] { mapping.keys.compactMap(\.string) }
}

extension SettingsReader {
  private func wrongValue(_ node: Node, _ path: [String], _ reason: String) -> SettingsError {
    .wrongValue(
      file: file, line: node.mark?.line ?? 0,
      key: path.isEmpty ? "the document" : path.joined(separator: "."), reason: reason)
  }

  private func wrongValue(_ error: DecodingError, in root: Node) -> SettingsError {
    let (context, expected): (DecodingError.Context, String) =
      switch error {
      case .typeMismatch(let type, let context): (context, Self.name(of: type))
      case .valueNotFound(let type, let context): (context, Self.name(of: type))
      case .keyNotFound(let key, let context): (context, "have a key \(key.stringValue)")
      case .dataCorrupted(let context): (context, "be of another kind")
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "differ")
      }
    let path = context.codingPath.map(\.stringValue)
    return .wrongValue(
      file: file, line: line(path, in: root), key: Self.key(context.codingPath),
      reason: "must \(expected)")
  }

  /// Entries of lists by their place: `head.anchors.sizes[0][1]`.
  private static func key(_ path: [any CodingKey]) -> String {
    path.reduce("") { key, part in
      if let index = part.intValue { return "\(key)[\(index)]" }
      return key.isEmpty ? part.stringValue : "\(key).\(part.stringValue)"
    }
  }

  private static func name(of type: Any.Type) -> String {
    switch type {
    case is Int.Type: "be a whole number"
    case is Float.Type, is Double.Type: "be a number"
    case is Bool.Type: "be true or false"
    case is String.Type: "be text"
    case is AnchorSize.Type: "be [width, height]"
    case is Node.Scalar.Type: "be one value, not a list or keys"
    case is Node.Sequence.Type: "be a list"
    default: "be a list, or of another kind"
    }
  }

  private func malformed(_ error: YamlError) -> SettingsError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      .malformed(file: file, line: mark.line, reason: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      .malformed(
        file: file, line: context.mark.line,
        reason: "key \(duplicates.joined(separator: ", ")) twice")
    default:
      .malformed(file: file, line: 1, reason: "its text cannot be decoded")
    }
  }

  /// Where the deepest node of the path that was written stands; 0 if all of it are defaults.
  private func line(_ path: [String], in root: Node) -> Int {
    var node = root
    var line = 0
    for name in path {
      let index = Int(name.drop { !$0.isNumber }.prefix { $0.isNumber })
      if let next = node[name] {
        node = next
      } else if let index, case .sequence(let list) = node, index < list.count {
        node = list[index]
      } else {
        break
      }
      line = node.mark?.line ?? line
    }
    return line
  }
}
