/// Checks settings of one part of a model, each by itself under its own full key: a refusal names the
/// one that is wrong, and its line can be found.
///
/// Of a whole model's settings ``SettingsBounds`` refuses before what is too large or no number.
struct SettingsCheck {
  /// Dotted, from the model on: `head.regions`.
  let part: String

  init(_ part: String) { self.part = part }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func require(_ isRight: Bool, _ key: String, _ reason: @autoclosure () -> String) throws {
    guard !isRight else { return }
    throw SettingsError.contradiction(key: "\(part).\(key)", reason: reason())
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func positive<Number: Numeric & Comparable>(_ settings: KeyValuePairs<String, Number>) throws {
    for (key, value) in settings {
      try require(value > 0, key, "must be positive, got \(Self.text(value))")
    }
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func notNegative<Number: Numeric & Comparable>(_ settings: KeyValuePairs<String, Number>) throws {
    for (key, value) in settings {
      try require(value >= 0, key, "must not be negative, got \(Self.text(value))")
    }
  }

  /// Lists, each with an entry or more.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func positive<Number: Numeric & Comparable>(_ settings: KeyValuePairs<String, [Number]>) throws {
    for (key, values) in settings {
      try require(!values.isEmpty, key, "must have one entry or more")
      for value in values { try positive([key: value]) }
    }
  }

  /// Above 0 and at most 1.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func shares(_ settings: KeyValuePairs<String, Float>) throws {
    for (key, value) in settings {
      try require(
        value > 0 && value <= 1, key, "must be above 0 and at most 1, got \(Self.text(value))")
    }
  }

  /// Above 0 and below 1.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func priors(_ settings: KeyValuePairs<String, Float>) throws {
    for (key, value) in settings {
      try require(
        value > 0 && value < 1, key, "must be above 0 and below 1, got \(Self.text(value))")
    }
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func odd(_ settings: KeyValuePairs<String, Int>) throws {
    for (key, value) in settings {
      try require(
        value > 0 && value % 2 == 1, key, "must be odd, got \(value); \(value + 1) would do")
    }
  }

  /// Strides of `after`: each is there, and named once.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func places(_ after: [Int], of strides: [Int]) throws {
    for (index, stride) in after.enumerated() {
      try require(
        strides.contains(stride), "after", "names stride \(stride); there are \(strides)")
      try require(!after[..<index].contains(stride), "after", "names stride \(stride) twice")
    }
  }

  /// As one writes it: `1`, not `1.0`.
  static func text(_ number: some Numeric) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
