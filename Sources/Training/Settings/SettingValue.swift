import Networks

/// A type that a setting can have: how it reads and writes as one word.
package protocol SettingValue: Equatable, Sendable {
  init?(setting text: String)
  var setting: String { get }
}

extension SettingValue where Self: LosslessStringConvertible {
  package init?(setting text: String) { self.init(text) }
  package var setting: String { description }
}

extension Int: SettingValue {}
extension UInt64: SettingValue {}
extension String: SettingValue {}

/// A number, or none: `auto`, which is to be found out.
extension Optional: SettingValue where Wrapped == Int {
  package init?(setting text: String) {
    if text == "auto" {
      self = .none
    } else {
      guard let number = Int(setting: text) else { return nil }
      self = .some(number)
    }
  }

  package var setting: String { map(\.setting) ?? "auto" }
}

extension Double: SettingValue {
  package init?(setting text: String) {
    guard let value = Double(text), value.isFinite else { return nil }
    self = value
  }
}

extension Float: SettingValue {
  package init?(setting text: String) {
    guard let value = Float(text), value.isFinite else { return nil }
    self = value
  }
}

extension Bool: SettingValue {
  package init?(setting text: String) {
    switch text.lowercased() {
    case "true", "yes", "on": self = true
    case "false", "no", "off": self = false
    default: return nil
    }
  }
}

extension Extent: SettingValue {
  /// A side, or HEIGHTxWIDTH.
  package init?(setting text: String) {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    let numbers = sides.compactMap { Int($0) }
    guard numbers.count == sides.count, (1...2).contains(numbers.count) else { return nil }
    self.init(height: numbers[0], width: numbers.last!)
  }

  package var setting: String { height == width ? String(height) : "\(height)x\(width)" }
}

extension SettingValue where Self: RawRepresentable, RawValue == String {
  package init?(setting text: String) { self.init(rawValue: text) }
  package var setting: String { rawValue }
}
