import Networks

/// The part of a detector that mixes features of different strides.
public protocol Neck: Codable, Hashable, Sendable {
  /// Traces the neck, and behind each level what its `attention` and `drop` have there.
  ///
  /// - Inputs: `[N, Cᵢ, Hᵢ, Wᵢ]`, each half the size of the one before
  /// - Outputs: for each of `strides` `[N, Cᵢ, Hᵢ, Wᵢ]`, C being the neck's `channels` or `widths`
  ///
  /// - Parameters:
  ///   - features: of the first strides.
  ///   - strides: of the levels that are wanted, each twice the one before; levels beyond the features
  ///     are added.
  /// - Precondition: ``validate(strides:extraLevels:)`` throws nothing.
  func callAsFunction(_ features: [Value], strides: [Int]) -> [Value]

  /// - Parameters:
  ///   - strides: of the levels it hands out.
  ///   - extraLevels: how many of them, the last ones, it adds.
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for settings that do not go together.
  func validate(strides: [Int], extraLevels: Int) throws
}

/// What a neck is made of.
package protocol MixingNeck: Neck {
  /// What follows each level it hands out, by the level's stride, and stands in its blocks.
  var attention: AttentionSettings { get }

  var norm: NormSettings { get }

  var drop: DropSettings { get }

  /// - Parameters:
  ///   - features: of ascending strides, each twice the one before.
  ///   - extraLevels: how many levels of still larger strides to add.
  func callAsFunction(_ features: [Value], extraLevels: Int) -> [Value]

  /// Whether levels that it adds are enlarged to meet finer ones, so that sizes must be multiples of
  /// their strides too.
  var enlargesExtraLevels: Bool { get }

  /// Whether all levels it hands out have the same channels.
  var hasEqualChannels: Bool { get }
}

extension MixingNeck {
  package var enlargesExtraLevels: Bool { false }

  public func callAsFunction(_ features: [Value], strides: [Int]) -> [Value] {
    let extraLevels = strides.count - features.count
    precondition(
      !features.isEmpty && extraLevels >= 0,
      "a neck needs a stride for each feature, got \(features.count) and strides \(strides)")
    requireValid { try validate(strides: strides, extraLevels: extraLevels) }
    return zip(self(features, extraLevels: extraLevels), strides).map { level, stride in
      level.scoped(levelName(stride: stride)) {
        $0.attended(attention, stride: stride, norm: norm).dropped(drop, stride: stride)
      }
    }
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` where there is nothing to mix.
  func requireLevels(_ strides: [Int], type: String) throws {
    guard strides.count > 1 else {
      throw SettingsError.contradiction(
        key: "neck.type",
        reason: "\(type) joins levels, and strides \(strides) make one; take featurePyramid, which "
          + "has convolutions of its own")
    }
  }
}

/// Which neck a model has.
///
/// Calling it traces the one that it names.
public enum NeckSettings: Hashable, Sendable {
  case featurePyramid(FeaturePyramid)
  case pathAggregation(PathAggregation)
  case bidirectionalPyramid(BidirectionalPyramid)

  package var neck: any MixingNeck {
    switch self {
    case .featurePyramid(let neck): neck
    case .pathAggregation(let neck): neck
    case .bidirectionalPyramid(let neck): neck
    }
  }

  static var variants: [(name: String, defaults: any Encodable)] {
    [
      ("featurePyramid", NeckSettings.featurePyramid(FeaturePyramid())),
      ("pathAggregation", NeckSettings.pathAggregation(PathAggregation())),
      ("bidirectionalPyramid", NeckSettings.bidirectionalPyramid(BidirectionalPyramid())),
    ]
  }
}

extension NeckSettings: Neck {
  public func callAsFunction(_ features: [Value], strides: [Int]) -> [Value] {
    neck(features, strides: strides)
  }

  public func validate(strides: [Int], extraLevels: Int) throws {
    try neck.validate(strides: strides, extraLevels: extraLevels)
  }
}

extension NeckSettings: Codable {
  public init(from decoder: any Decoder) throws {
    switch try decoder.variantName() {
    case "featurePyramid": self = .featurePyramid(try FeaturePyramid(from: decoder))
    case "pathAggregation": self = .pathAggregation(try PathAggregation(from: decoder))
    case "bidirectionalPyramid":
      self = .bidirectionalPyramid(try BidirectionalPyramid(from: decoder))
    case let name: throw decoder.unknownVariant(name, valid: Self.variants.map(\.name))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .featurePyramid(let neck): try encoder.encode(variant: "featurePyramid", neck)
    case .pathAggregation(let neck): try encoder.encode(variant: "pathAggregation", neck)
    case .bidirectionalPyramid(let neck):
      try encoder.encode(variant: "bidirectionalPyramid", neck)
    }
  }
}
