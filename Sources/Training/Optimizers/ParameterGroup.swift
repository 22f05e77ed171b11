import Spelling

/// Settings of the parameters whose names match a pattern; nil leaves what others say.
public struct ParameterGroup: Codable, Hashable, Sendable {
  /// A name in which `*` stands for any characters and `?` for one.
  public var pattern: String
  public var freeze: Bool?
  /// Of the learning rate.
  public var rateFactor: Double?
  public var weightDecay: Double?
  public var l1Decay: Double?
  public var decayKind: DecayKind?

  public init(_ pattern: String) { self.pattern = pattern }

  package func matches(_ name: String) -> Bool {
    Self.matches(Array(pattern.utf8)[...], Array(name.utf8)[...])
  }

  /// The last `*` met takes one more character each time what follows it does not fit.
  private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    var (p, n) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == name[n] || pattern[p] == UInt8(ascii: "?") {
        (p, n) = (p + 1, n + 1)
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        (p, n) = (last.pattern + 1, last.name + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// What the pattern may have meant: the most alike among names and their beginnings, then the
  /// first names there are.
  func nearest(_ names: [String]) -> [String] {
    var candidates: [String] = []
    for name in names {
      let parts = name.split(separator: ".")
      for length in parts.indices.dropFirst() {
        let start = parts.prefix(length).joined(separator: ".") + ".*"
        if !candidates.contains(start) { candidates.append(start) }
      }
    }
    if let best = nearestName(to: pattern, in: candidates + names) { return [best] }
    return Array(candidates.filter { $0.count(where: { $0 == "." }) == 1 }.prefix(5))
  }

  /// The settings by name, each as a word.
  var entries: [(key: String, value: String)] {
    Self.keys.compactMap { key in key.read(self).map { (key.name, $0) } }
  }

  private struct Key: Sendable {
    let name: String
    let range: String
    let read: @Sendable (ParameterGroup) -> String?
    /// False for a word that is no such value.
    let write: @Sendable (inout ParameterGroup, String) -> Bool
    let clear: @Sendable (inout ParameterGroup) -> Void

    init<Value: SettingValue>(
      _ name: String, _ path: WritableKeyPath<ParameterGroup, Value?> & Sendable, _ range: String,
      where isValid: @escaping @Sendable (Value) -> Bool = { _ in true }
    ) {
      (self.name, self.range) = (name, range)
      read = { $0[keyPath: path].map(\.setting) }
      write = { group, word in
        guard let value = Value(setting: word), isValid(value) else { return false }
        group[keyPath: path] = value
        return true
      }
      clear = { $0[keyPath: path] = nil }
    }
  }

  private static let keys = [
    Key("freeze", \.freeze, "true or false"),
    Key("rateFactor", \.rateFactor, "0 … 1000", where: (0...1000).contains),
    Key("weightDecay", \.weightDecay, "0 … 10", where: (0...10).contains),
    Key("l1Decay", \.l1Decay, "0 … 10", where: (0...10).contains),
    Key("decayKind", \.decayKind, DecayKind.allCases.map(\.rawValue).joined(separator: ", ")),
  ]

  static var keyNames: [String] { keys.map(\.name) }

  /// The same without what it says of one key.
  func without(_ name: String) -> ParameterGroup {
    var group = self
    Self.keys.first { $0.name == name }?.clear(&group)
    return group
  }

  /// - Returns: what would be right, where the key or the word is not.
  mutating func set(_ name: String, _ word: String) -> String? {
    guard let key = Self.keys.first(where: { $0.name == name }) else {
      let hint = nearestName(to: name, in: Self.keyNames).map { ", did you mean \($0)?" } ?? ""
      return "one of \(Self.keyNames.joined(separator: ", ")) in place of '\(name)'\(hint)"
    }
    return key.write(&self, word) ? nil : "\(name) to be \(key.range)"
  }
}
