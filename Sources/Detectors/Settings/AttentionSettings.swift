import Networks

/// Which attention block a backbone or a neck has, and where.
///
/// One block's own settings stand beside `type`, `after` and `inBlocks`: `{type: cbam, kernel: 7, after:
/// [16, 32]}`.
public struct AttentionSettings: Hashable, Sendable {
  /// `nil`: none.
  public var block: Attention?
  /// Strides of the stages, or of the neck's levels, that it follows.
  public var after: [Int]
  /// Whether it stands in each residual block, at the end of the branch that is added.
  public var inBlocks: Bool

  public init(_ block: Attention? = nil, after: [Int] = [], inBlocks: Bool = false) {
    self.block = block
    self.after = after
    self.inBlocks = inBlocks
  }

  package var ofBlocks: Attention? { inBlocks ? block : nil }

  static var variants: [(name: String, defaults: any Encodable)] {
    blocks.map { ($0.name, AttentionSettings($0.block)) }
  }

  private static let blocks: [(name: String, block: Attention?)] = [
    ("none", nil), ("squeezeExcitation", .squeezeExcitation(SqueezeExcitation())),
    ("selectiveKernel", .selectiveKernel(SelectiveKernel())),
    ("cbam", .convolutionalBlock(ConvolutionalBlockAttention())),
    ("eca", .efficientChannel(EfficientChannelAttention())),
    ("selfAttention", .selfAttention(SelfAttention())),
  ]
}

extension AttentionSettings: Codable {
  private enum Place: String, CodingKey { case after, inBlocks }

  public init(from decoder: any Decoder) throws {
    block =
      switch try decoder.variantName() {
      case "none": nil
      case "squeezeExcitation": .squeezeExcitation(try SqueezeExcitation(from: decoder))
      case "selectiveKernel": .selectiveKernel(try SelectiveKernel(from: decoder))
      case "cbam": .convolutionalBlock(try ConvolutionalBlockAttention(from: decoder))
      case "eca": .efficientChannel(try EfficientChannelAttention(from: decoder))
      case "selfAttention": .selfAttention(try SelfAttention(from: decoder))
      case let name: throw decoder.unknownVariant(name, valid: Self.blocks.map(\.name))
      }
    let container = try decoder.container(keyedBy: Place.self)
    after = try container.decode([Int].self, forKey: .after)
    inBlocks = try container.decode(Bool.self, forKey: .inBlocks)
  }

  public func encode(to encoder: any Encoder) throws {
    switch block {
    case nil: try encoder.encode(variant: "none", [String: Int]())
    case .squeezeExcitation(let layer):
      try encoder.encode(variant: "squeezeExcitation", layer)
    case .selectiveKernel(let layer): try encoder.encode(variant: "selectiveKernel", layer)
    case .convolutionalBlock(let layer): try encoder.encode(variant: "cbam", layer)
    case .efficientChannel(let layer): try encoder.encode(variant: "eca", layer)
    case .selfAttention(let layer): try encoder.encode(variant: "selfAttention", layer)
    }
    var container = encoder.container(keyedBy: Place.self)
    try container.encode(after, forKey: .after)
    try container.encode(inBlocks, forKey: .inBlocks)
  }
}

extension AttentionSettings {
  /// - Parameter channels: of the values that a block follows, or stands between.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(key: String, strides: [Int], channels: [Int]) throws {
    try SettingsCheck(key).places(after, of: strides)
    guard let block else {
      guard after.isEmpty, !inBlocks else {
        throw SettingsError.contradiction(
          key: key, reason: "has a place but no block; type: cbam, say, would be one")
      }
      return
    }
    guard !after.isEmpty || inBlocks else {
      throw SettingsError.contradiction(
        key: key, reason: "has no place; name strides in after, or set inBlocks to true")
    }
    try block.validate(key: key, channels: channels)
  }
}

extension Attention {
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  fileprivate func validate(key: String, channels: [Int]) throws {
    let check = SettingsCheck(key)
    switch self {
    case .squeezeExcitation(let layer):
      try check.positive(["reduction": layer.reduction])
    case .selectiveKernel(let layer):
      try check.positive([
        "branches": layer.branches, "groups": layer.groups, "reduction": layer.reduction,
        "minimumHidden": layer.minimumHidden,
      ])
      for channels in channels {
        try check.require(
          channels % layer.groups == 0, "groups",
          "must divide the channels; \(layer.groups) and \(channels) are met")
      }
    case .convolutionalBlock(let layer):
      try check.positive(["reduction": layer.reduction])
      try check.odd(["kernel": layer.kernel])
    case .efficientChannel(let layer):
      if layer.kernel != 0 { try check.odd(["kernel": layer.kernel]) }
    case .selfAttention(let layer):
      try check.positive(["heads": layer.heads, "reduction": layer.reduction])
      try check.notNegative(["positions": layer.positions])
    }
  }
}

extension AttentionSettings {
  /// That the heads divide the channels inside, wherever a block stands.
  ///
  /// - Parameter part: whose attention this is, as it is named in the graph and in settings.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func check(_ graph: Graph, of part: String) throws {
    guard case .selfAttention(let layer) = block else { return }
    let check = SettingsCheck("\(part).attention")
    let inputs = graph.nodes.filter { $0.name.hasPrefix("\(part).") }.compactMap { node -> Int? in
      guard case .attention = node.operation else { return nil }
      let query = graph.nodes[node.inputs[0]]
      return graph.nodes[query.inputs[0]].channels
    }
    let common = inputs.reduce(0) { greatestCommonDivisor($0, $1 / layer.reduction) }
    for channels in inputs {
      let inner = channels / layer.reduction
      try check.require(inner > 0, "reduction", "leaves none of \(channels) channels")
      let fitting = (1...min(layer.heads, common)).last { common % $0 == 0 } ?? 1
      try check.require(
        inner % layer.heads == 0, "heads",
        "must divide the channels inside; \(layer.heads) and \(inner) of \(channels) are met; "
          + "\(fitting) would do")
    }
  }
}

extension Value {
  /// Where a place of this stride has an attention, the attention.
  func attended(_ settings: AttentionSettings, stride: Int, norm: NormSettings) -> Value {
    guard let block = settings.block, settings.after.contains(stride) else { return self }
    return attended(block, norm: norm.layer)
  }

  /// At the end of a block that adds nothing.
  func weighed(by attention: Attention?, norm: Norm) -> Value {
    attention.map { attended($0, norm: norm) } ?? self
  }
}
