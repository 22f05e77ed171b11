/// After which epochs schedule `step` lowers the rate.
public struct Milestones: Codable, Hashable, Sendable {
  /// Epochs; empty: ``standard``.
  public var epochs: [Double] = []

  public init(_ epochs: [Double] = []) { self.epochs = epochs }

  /// Parts of a run where none are given: after 60,000 and 80,000 of 90,000 steps. He et al.: *Mask
  /// R-CNN*, ICCV 2017, and Detectron's schedule 1x since.
  static let standard = [2.0 / 3, 8.0 / 9]

  package func steps(epochs count: Int, stepsPerEpoch: Int) -> [Int] {
    let epochs = epochs.isEmpty ? Self.standard.map { $0 * Double(count) } : epochs
    return epochs.map { Int(($0 * Double(stepsPerEpoch)).rounded()) }
  }
}

extension Milestones: SettingValue {
  /// Numbers between commas, each above the one before, or `auto`.
  package init?(setting text: String) {
    if text == "auto" {
      self.init()
      return
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let epochs = parts.compactMap { Double(setting: String($0.filter { !$0.isWhitespace })) }
    guard epochs.count == parts.count, epochs.first ?? 0 > 0,
      zip(epochs, epochs.dropFirst()).allSatisfy(<)
    else { return nil }
    self.init(epochs)
  }

  package var setting: String {
    epochs.isEmpty ? "auto" : epochs.map(\.setting).joined(separator: ",")
  }
}
