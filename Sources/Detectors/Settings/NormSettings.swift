import Networks

/// Which norm stands behind the convolutions of a backbone, a neck or a head, by `type`:
///
/// - `batch`, `frozenBatch`, `batchRenorm` (``BatchNorm``)
/// - `group` (``GroupNorm``), by `groups`, or where that is 0 by `channels` a group; `layer`; `instance`
public struct NormSettings: Hashable, Sendable {
  public var layer: Norm

  public init(_ layer: Norm = .standard) { self.layer = layer }

  static var variants: [(name: String, defaults: any Encodable)] {
    [
      .standard, .batch(BatchNorm(statistics: .frozen)),
      .batch(BatchNorm(statistics: .renormalized(Renormalization()))),
      // 16 channels a group: Wu, He: *Group Normalization*, ECCV 2018, table 3.
      .group(GroupNorm(.channels(16))), .group(GroupNorm(.layer)), .group(GroupNorm(.instance)),
    ].map { (NormSettings($0).type.rawValue, NormSettings($0)) }
  }

  private enum Kind: String, CaseIterable {
    case batch, frozenBatch, batchRenorm, group, layer, instance
  }

  private var type: Kind {
    switch layer {
    case .batch(let norm):
      switch norm.statistics {
      case .batch: .batch
      case .frozen: .frozenBatch
      case .renormalized: .batchRenorm
      }
    case .group(let norm):
      switch norm.grouping {
      case .groups, .channels: .group
      case .layer: .layer
      case .instance: .instance
      }
    }
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(key: String) throws {
    let check = SettingsCheck(key)
    switch layer {
    case .batch(let norm):
      try check.positive(["epsilon": norm.epsilon])
      try check.require(
        (0...1).contains(norm.momentum), "momentum",
        "must be 0 … 1, got \(SettingsCheck.text(norm.momentum))")
      guard case .renormalized(let bounds) = norm.statistics else { return }
      try check.require(
        bounds.scale >= 1, "scale",
        "must be at least 1, which is plain batch norm, got \(SettingsCheck.text(bounds.scale))")
      try check.require(
        bounds.lastStep >= bounds.firstStep, "lastStep",
        "must be at least firstStep, \(bounds.firstStep), got \(bounds.lastStep)")
    case .group(let norm):
      try check.positive(["epsilon": norm.epsilon])
      switch norm.grouping {
      case .groups(let count): try check.positive(["groups": count])
      case .channels(let count):
        try check.require(
          count > 0, "channels", "must be positive where groups is 0, got \(count)")
      case .layer, .instance: break
      }
    }
  }
}

extension NormSettings: Codable {
  private enum Key: String, CodingKey {
    case epsilon, momentum, groups, channels, scale, shift, firstStep, lastStep
  }

  public init(from decoder: any Decoder) throws {
    let name = try decoder.variantName()
    guard let type = Kind(rawValue: name) else {
      throw decoder.unknownVariant(name, valid: Kind.allCases.map(\.rawValue))
    }
    let container = try decoder.container(keyedBy: Key.self)
    let epsilon = try container.decode(Float.self, forKey: .epsilon)
    func batch(_ statistics: BatchNorm.Statistics, momentum: Float) -> Norm {
      .batch(BatchNorm(epsilon: epsilon, momentum: momentum, statistics: statistics))
    }
    switch type {
    case .batch:
      layer = batch(.batch, momentum: try container.decode(Float.self, forKey: .momentum))
    case .frozenBatch:
      layer = batch(.frozen, momentum: BatchNorm().momentum)
    case .batchRenorm:
      let bounds = Renormalization(
        scale: try container.decode(Float.self, forKey: .scale),
        shift: try container.decode(Float.self, forKey: .shift),
        firstStep: try container.decode(Int.self, forKey: .firstStep),
        lastStep: try container.decode(Int.self, forKey: .lastStep))
      layer = batch(
        .renormalized(bounds), momentum: try container.decode(Float.self, forKey: .momentum))
    case .group:
      let groups = try container.decode(Int.self, forKey: .groups)
      let channels = try container.decode(Int.self, forKey: .channels)
      layer = .group(
        GroupNorm(groups == 0 ? .channels(channels) : .groups(groups), epsilon: epsilon))
    case .layer: layer = .group(GroupNorm(.layer, epsilon: epsilon))
    case .instance: layer = .group(GroupNorm(.instance, epsilon: epsilon))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var variant = encoder.container(keyedBy: VariantKey.self)
    try variant.encode(type.rawValue, forKey: .type)
    var container = encoder.container(keyedBy: Key.self)
    switch layer {
    case .batch(let norm):
      try container.encode(norm.epsilon, forKey: .epsilon)
      if norm.statistics != .frozen { try container.encode(norm.momentum, forKey: .momentum) }
      guard case .renormalized(let bounds) = norm.statistics else { return }
      try container.encode(bounds.scale, forKey: .scale)
      try container.encode(bounds.shift, forKey: .shift)
      try container.encode(bounds.firstStep, forKey: .firstStep)
      try container.encode(bounds.lastStep, forKey: .lastStep)
    case .group(let norm):
      try container.encode(norm.epsilon, forKey: .epsilon)
      switch norm.grouping {
      case .groups(let count):
        try container.encode(count, forKey: .groups)
        try container.encode(0, forKey: .channels)
      case .channels(let count):
        try container.encode(0, forKey: .groups)
        try container.encode(count, forKey: .channels)
      case .layer, .instance: break
      }
    }
  }
}
