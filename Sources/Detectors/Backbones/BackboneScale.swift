import Foundation

/// Factors on a backbone's channels and on its blocks.
///
/// Howard et al.: *MobileNets*, 2017, §3.3 (width multiplier α); Tan, Le: *EfficientNet*, ICML 2019, §3
/// (depth).
public struct BackboneScale: Hashable, Sendable, Codable {
  /// On the channels of stem and stages, > 0.
  public var width: Float
  /// On the blocks of each stage, > 0.
  public var depth: Float

  public init(width: Float = 1, depth: Float = 1) {
    self.width = width
    self.depth = depth
  }

  /// The nearest multiple of 8, unless that takes away more than a tenth; as given at factor 1.
  ///
  /// As `_make_divisible` of Google's and torchvision's MobileNets.
  func channels(_ channels: Int) -> Int {
    width == 1 ? channels : Self.divisible(Double(width) * Double(channels))
  }

  /// The nearest whole number, at least one of what is not none.
  func blocks(_ blocks: Int) -> Int {
    depth == 1 || blocks == 0 ? blocks : max(1, Int((Double(depth) * Double(blocks)).rounded()))
  }

  static func divisible(_ channels: Double, by divisor: Int = 8) -> Int {
    let nearest = max(divisor, Int(channels + Double(divisor) / 2) / divisor * divisor)
    return Double(nearest) < 0.9 * channels ? nearest + divisor : nearest
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate() throws {
    let check = SettingsCheck("backbone.scale")
    for (key, factor) in [("width", width), ("depth", depth)] {
      try check.require(
        (0.01...16).contains(factor), key,
        "must be 0.01 … 16, got \(SettingsCheck.text(factor))")
    }
  }
}
