import ArgumentParser
import Training

/// An option of the command line for every training setting, made from the table that also reads
/// recipes.
///
/// ArgumentParser finds a command's options by reflection; what it sees here is a mirror of the
/// table.
struct SettingsOptions: ParsableArguments, CustomReflectable {
  /// What was given, by the setting's name, in the table's order.
  private(set) var given: [(name: String, value: String)] = []

  init() {}

  var customMirror: Mirror {
    Mirror(
      self,
      children: Setting.all.map { setting in
        (label: setting.name, value: SettingsOptions.argument(setting))
      })
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    given = try Setting.all.compactMap { setting in
      let key = Key(stringValue: setting.name)
      let word =
        setting.isSwitch
        ? try container.decode(Flag<Bool?>.self, forKey: key).wrappedValue.map { "\($0)" }
        : try container.decode(Option<String?>.self, forKey: key).wrappedValue
      return word.map { (setting.name, $0) }
    }
  }

  private static func argument(_ setting: Setting) -> Any {
    setting.isSwitch ? flag(setting) as Any : option(setting) as Any
  }

  private static func flag(_ setting: Setting) -> Flag<Bool?> {
    Flag(
      name: .customLong(setting.optionName), inversion: .prefixedNo,
      help: ArgumentHelp("\(setting.help) (default: \(setting.defaultText))"))
  }

  private static func option(_ setting: Setting) -> Option<String?> {
    let standard = setting.defaultText.isEmpty ? "none" : setting.defaultText
    return Option(
      name: .customLong(setting.optionName),
      help: ArgumentHelp(
        "\(setting.help) (\(setting.range); default: \(standard))", valueName: "value"))
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
