import Networks

/// What is dropped at random in training, and where, by `type`:
///
/// - `dropout`, `channelDropout`, `gaussianDropout`, `dropBlock`: behind the stages or levels of the
///   strides in `after`; in heads before the predicting convolutions
/// - `dropPath`: the branches of residual blocks; in backbones the rate grows with the depth, up to
///   `rate` in the last stage (Huang et al., ECCV 2016, §3, by stages here)
public struct DropSettings: Hashable, Sendable {
  public var dropout: Dropout?
  public var after: [Int]

  public init(_ dropout: Dropout? = nil, after: [Int] = []) {
    self.dropout = dropout
    self.after = after
  }

  private enum Kind: String, CaseIterable {
    case none, dropout, channelDropout, gaussianDropout, dropPath, dropBlock

    func kind(side: Int) -> Dropout.Kind? {
      switch self {
      case .none: nil
      case .dropout: .elements
      case .channelDropout: .channels
      case .gaussianDropout: .gaussian
      case .dropPath: .pictures
      case .dropBlock: .squares(side: side)
      }
    }
  }

  private var type: Kind {
    switch dropout?.kind {
    case nil: .none
    case .elements: .dropout
    case .channels: .channelDropout
    case .gaussian: .gaussianDropout
    case .pictures: .dropPath
    case .squares: .dropBlock
    }
  }

  static var variants: [(name: String, defaults: any Encodable)] {
    // Sides of 7 and a tenth dropped: Ghiasi, Lin, Le, NeurIPS 2018, §4.
    Kind.allCases.map { type in
      (type.rawValue, DropSettings(type.kind(side: 7).map { Dropout($0, rate: 0.1) }))
    }
  }

  private var isOfBlocks: Bool { type == .dropPath }

  package var ofBlocks: Dropout? { isOfBlocks ? dropout : nil }

  package func ofBlocks(stage: Int, depths: [Int]) -> Dropout? {
    guard var dropout = ofBlocks else { return nil }
    let deep = depths.prefix(stage + 1).reduce(0, +)
    dropout.rate *= Float(deep) / Float(max(1, depths.reduce(0, +)))
    return dropout
  }
}

extension DropSettings: Codable {
  private enum Key: String, CodingKey { case rate, rampSteps, side, after }

  public init(from decoder: any Decoder) throws {
    let name = try decoder.variantName()
    guard let type = Kind(rawValue: name) else {
      throw decoder.unknownVariant(name, valid: Kind.allCases.map(\.rawValue))
    }
    let container = try decoder.container(keyedBy: Key.self)
    let side = type == .dropBlock ? try container.decode(Int.self, forKey: .side) : 0
    after = type == .dropPath ? [] : try container.decode([Int].self, forKey: .after)
    guard let kind = type.kind(side: side) else { return }
    dropout = Dropout(
      kind, rate: try container.decode(Float.self, forKey: .rate),
      rampSteps: try container.decode(Int.self, forKey: .rampSteps))
  }

  public func encode(to encoder: any Encoder) throws {
    var variant = encoder.container(keyedBy: VariantKey.self)
    try variant.encode(type.rawValue, forKey: .type)
    var container = encoder.container(keyedBy: Key.self)
    if let dropout {
      try container.encode(dropout.rate, forKey: .rate)
      try container.encode(dropout.rampSteps, forKey: .rampSteps)
      if case .squares(let side) = dropout.kind { try container.encode(side, forKey: .side) }
    }
    if !isOfBlocks { try container.encode(after, forKey: .after) }
  }
}

extension DropSettings {
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(key: String, strides: [Int]) throws {
    try SettingsCheck(key).places(after, of: strides)
    if dropout == nil || !isOfBlocks, (dropout == nil) != after.isEmpty {
      throw SettingsError.contradiction(
        key: key,
        reason: dropout == nil
          ? "has a place but no type; dropBlock, say, would be one"
          : "has no place; name strides in after")
    }
    try validateNumbers(key: key)
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validateHead(key: String) throws {
    guard after.isEmpty else {
      throw SettingsError.contradiction(
        key: "\(key).after",
        reason: "has no effect: a head drops before its predicting convolutions")
    }
    guard !isOfBlocks else {
      throw SettingsError.contradiction(
        key: "\(key).type", reason: "dropPath needs residual blocks, which heads have none of")
    }
    try validateNumbers(key: key)
  }

  private func validateNumbers(key: String) throws {
    guard let dropout else { return }
    let check = SettingsCheck(key)
    try check.require(
      (0..<1).contains(dropout.rate), "rate",
      "must be 0 or more and below 1, got \(SettingsCheck.text(dropout.rate))")
    try check.notNegative(["rampSteps": dropout.rampSteps])
    if case .squares(let side) = dropout.kind { try check.positive(["side": side]) }
  }
}

extension Value {
  /// Where a place of this stride drops, dropped.
  func dropped(_ settings: DropSettings, stride: Int) -> Value {
    settings.after.contains(stride) ? dropped(settings.dropout) : self
  }
}
