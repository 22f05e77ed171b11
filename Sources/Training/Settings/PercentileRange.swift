/// Two percentiles of pictures' values, of 100: what lies beyond them is clipped.
public struct PercentileRange: Codable, Hashable, Sendable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}

extension PercentileRange: SettingValue {
  /// LOW,HIGH.
  package init?(setting text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.filter { $0 != " " })
    }
    guard parts.count == 2, let low = parts[0], let high = parts[1] else { return nil }
    self.init(low: low, high: high)
  }

  package var setting: String { "\(Self.plain(low)),\(Self.plain(high))" }

  private static func plain(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
