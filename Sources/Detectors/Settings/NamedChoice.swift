/// One of a few things picked by its name in settings; a wrong name is an error that lists the
/// valid ones.
package protocol NamedChoice: RawRepresentable, CaseIterable, Codable where RawValue == String {}

/// A wrong name met while decoding; where it stands is added by ``SettingsReader``.
struct UnknownChoice: Error {
  var path: [String]
  var name: String
  var valid: [String]
}

extension NamedChoice {
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let choice = Self(rawValue: name) else {
      throw UnknownChoice(
        path: decoder.codingPath.map(\.stringValue), name: name,
        valid: Self.allCases.map(\.rawValue))
    }
    self = choice
  }
}

/// The key under which a variant's name stands beside its own settings.
enum VariantKey: String, CodingKey {
  case type
}

extension Encoder {
  /// `type: name`, and beside it what `settings` encodes.
  func encode(variant name: String, _ settings: some Encodable) throws {
    var container = container(keyedBy: VariantKey.self)
    try container.encode(name, forKey: .type)
    try settings.encode(to: self)
  }
}

extension Decoder {
  func variantName() throws -> String {
    try container(keyedBy: VariantKey.self).decode(String.self, forKey: .type)
  }

  func unknownVariant(_ name: String, valid: [String]) -> any Error {
    UnknownChoice(path: codingPath.map(\.stringValue) + ["type"], name: name, valid: valid)
  }
}
