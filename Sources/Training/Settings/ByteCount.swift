/// An amount of memory, written with a unit: `500MB`, `2GB` (of 1024 MB), or `0`.
public struct ByteCount: Codable, Hashable, Sendable, ExpressibleByStringLiteral {
  public var bytes: Int

  public init(bytes: Int) { self.bytes = bytes }

  /// - Precondition: the literal is such a number.
  public init(stringLiteral text: String) {
    guard let count = ByteCount(setting: text) else {
      preconditionFailure("\(text) is no amount of memory")
    }
    self = count
  }

  private static let units = [("KB", 10), ("MB", 20), ("GB", 30)]
}

extension ByteCount: SettingValue {
  package init?(setting text: String) {
    if text == "0" {
      bytes = 0
      return
    }
    let upper = text.uppercased()
    for (unit, shift) in Self.units where upper.hasSuffix(unit) {
      let factor = Double(1 << shift)
      guard let number = Double(upper.dropLast(unit.count)), number >= 0, number * factor < 1e18
      else { return nil }
      bytes = Int(number * factor)
      return
    }
    return nil
  }

  /// In the largest unit that divides it.
  package var setting: String {
    guard bytes > 0 else { return "0" }
    let (unit, shift) = Self.units.last { bytes % (1 << $0.1) == 0 } ?? Self.units[0]
    return "\(bytes >> shift)\(unit)"
  }
}
