import Yams

/// Groups of parameters with settings of their own; where several match, the last one that says
/// something has the word.
///
/// As one word: `backbone.*: freeze; head.*: rateFactor=2, weightDecay=0`. In YAML also a map from
/// patterns to maps, or a list of maps with the pattern as `match`.
public struct ParameterGroups: Codable, Hashable, Sendable {
  public var groups: [ParameterGroup] = []

  public init(_ groups: [ParameterGroup] = []) { self.groups = groups }

  struct Problem: Error {
    /// What was expected.
    var expected: String
  }

  private static let form =
    "PATTERN: KEY=VALUE, …; … with the keys " + ParameterGroup.keyNames.joined(separator: ", ")

  /// - Throws: ``Problem``.
  init(parsing text: String) throws {
    for part in text.split(separator: ";").map(Self.trimmed) where !part.isEmpty {
      let sides = part.split(separator: ":", maxSplits: 1).map(Self.trimmed)
      guard sides.count == 2, !sides[0].isEmpty else { throw Problem(expected: Self.form) }
      var group = ParameterGroup(sides[0])
      for entry in sides[1].split(separator: ",") {
        let words = entry.split(separator: "=", maxSplits: 1).map(Self.trimmed)
        guard let key = words.first else { throw Problem(expected: Self.form) }
        let value = words.count == 2 ? words[1] : key == "freeze" ? "true" : ""
        if let expected = group.set(key, value) {
          throw Problem(expected: "for \(group.pattern) \(expected)")
        }
      }
      guard !group.entries.isEmpty else {
        throw Problem(expected: "a setting for \(group.pattern), as in \(group.pattern): freeze")
      }
      groups.append(group)
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// What is wrong with a word that does not read.
  static func problem(_ text: String) -> String? {
    do {
      _ = try ParameterGroups(parsing: text)
      return nil
    } catch let problem as Problem {
      return problem.expected
    } catch { return nil }
  }

  /// A YAML map or list as one word; nil for anything else.
  static func word(_ node: Node) -> String? {
    if let mapping = node.mapping {
      return joined(mapping.map { key, value in group(key.string, value, without: nil) })
    }
    return node.sequence.flatMap { list in
      joined(list.map { group($0.mapping?["match"]?.string, $0, without: "match") })
    }
  }

  private static func joined(_ groups: [String?]) -> String? {
    groups.contains(nil) ? nil : groups.compactMap { $0 }.joined(separator: "; ")
  }

  private static func group(_ pattern: String?, _ node: Node, without: String?) -> String? {
    guard let pattern, let mapping = node.mapping else { return nil }
    let entries = mapping.filter { $0.key.string != without }.map { key, value in
      "\(key.string ?? "")=\(value.scalar?.string ?? "")"
    }
    return "\(pattern): " + entries.joined(separator: ", ")
  }
}

extension ParameterGroups: SettingValue {
  package init?(setting text: String) {
    guard let groups = try? ParameterGroups(parsing: text) else { return nil }
    self = groups
  }

  package var setting: String {
    groups.map { group in
      "\(group.pattern): "
        + group.entries.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }.joined(separator: "; ")
  }
}

extension DecayKind: SettingValue {}
