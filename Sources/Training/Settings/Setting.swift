import Datasets
import Execution
import Images
import Networks
import Yams

/// One entry of ``TrainingSettings`` with what a user needs to know about it.
public struct Setting: Sendable {
  /// In camelCase, as in YAML.
  public let name: String
  public let help: String
  /// Unit and range in words, e.g. "pictures, 1 … 4096".
  public let range: String

  /// Whether it is true or false: an option without a value.
  public let isSwitch: Bool

  /// The value as one word.
  package let read: @Sendable (TrainingSettings) -> String
  /// False, and nothing changed, for a word that does not read as such a value or is out of range.
  package let write: @Sendable (inout TrainingSettings, String) -> Bool

  /// What would be right in place of a word, where more can be said than ``range``.
  private(set) var problem: @Sendable (String) -> String? = { _ in nil }
  /// A map or list of YAML as one word, of settings that can be one.
  private(set) var word: @Sendable (Node) -> String? = { _ in nil }

  /// As an option of the command line: `weightDecay` is `weight-decay`.
  public var optionName: String {
    name.reduce(into: "") { text, letter in
      text += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
    }
  }

  public var defaultText: String { read(TrainingSettings()) }

  init<Value: SettingValue>(
    _ name: String, _ path: WritableKeyPath<TrainingSettings, Value> & Sendable, _ help: String,
    range: String, where isValid: @escaping @Sendable (Value) -> Bool = { _ in true }
  ) {
    self.name = name
    self.help = help
    self.range = range
    isSwitch = Value.self == Bool.self
    read = { $0[keyPath: path].setting }
    write = { settings, text in
      guard let value = Value(setting: text), isValid(value) else { return false }
      settings[keyPath: path] = value
      return true
    }
  }

  /// A number within bounds.
  init<Value: SettingValue & Comparable>(
    _ name: String, _ path: WritableKeyPath<TrainingSettings, Value> & Sendable, _ help: String,
    unit: String, in bounds: ClosedRange<Value>
  ) {
    let range = "\(bounds.lowerBound.setting) … \(bounds.upperBound.setting)"
    self.init(
      name, path, help, range: unit.isEmpty ? range : unit + ", " + range,
      where: bounds.contains)
  }

  /// A number within bounds, or `auto`.
  init(
    _ name: String, orAuto path: WritableKeyPath<TrainingSettings, Int?> & Sendable,
    _ help: String, unit: String, in bounds: ClosedRange<Int>
  ) {
    self.init(
      name, path, help, range: "\(unit), \(bounds.lowerBound) … \(bounds.upperBound), or auto",
      where: { $0.map(bounds.contains) ?? true })
  }

  /// One of a few words.
  init<Value: SettingValue & CaseIterable & RawRepresentable>(
    _ name: String, choice path: WritableKeyPath<TrainingSettings, Value> & Sendable,
    _ help: String, problem: @escaping @Sendable (String) -> String? = { _ in nil }
  ) where Value.RawValue == String {
    self.init(name, path, help, range: Value.allCases.map(\.rawValue).joined(separator: " | "))
    self.problem = problem
  }

  /// Groups of parameters, which YAML may also have as a map or a list.
  init(
    _ name: String, structured path: WritableKeyPath<TrainingSettings, ParameterGroups> & Sendable,
    _ help: String, range: String
  ) {
    self.init(name, path, help, range: range)
    problem = ParameterGroups.problem
    word = ParameterGroups.word
  }

  /// Names that settings had before, and what stands for them now.
  static let renamed = ["cacheMegabytes": "cache: 1GB"]

  public static func named(_ name: String) -> Setting? { all.first { $0.name == name } }
}

extension PrecisionChoice: SettingValue {}
extension Normalization.Kind: SettingValue {}
extension OptimizerKind: SettingValue {}
extension ScheduleKind: SettingValue {}
extension PlateauMetric: SettingValue {}
extension Pasting.Origin: SettingValue {}
