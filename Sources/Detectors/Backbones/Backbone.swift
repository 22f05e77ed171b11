import Networks

/// The part of a detector that turns a picture into features of several strides.
///
/// ```swift
/// let graph = Graph.trace { image in
///   let features = image.scoped("backbone") { ResidualBackbone()($0) }
///   …
/// }
/// ```
///
/// What it has for `padding` is a pass over the traced graph: ``BorderFilling/apply(to:under:)``.
public protocol Backbone: Codable, Hashable, Sendable {
  /// Pixels of the input to a cell of each feature, ascending.
  var strides: [Int] { get }

  /// Traces the backbone.
  ///
  /// - Input: `[N, C, H, W]`, H and W multiples of the last stride
  /// - Outputs: for each of ``strides`` `[N, Cᵢ, H / strideᵢ, W / strideᵢ]`; a feature knows its channels
  ///
  /// - Precondition: ``validate()`` throws nothing.
  func callAsFunction(_ image: Value) -> [Value]

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for settings that do not go together.
  func validate() throws
}

/// All backbones are a stem and stages in a row; what a stage gives at each stride from 4 on is a
/// feature.
package protocol StagedBackbone: Backbone {
  var scale: BackboneScale { get }

  /// What follows the features' stages, by stride, and stands in the residual blocks.
  var attention: AttentionSettings { get }

  /// Behind each convolution.
  var norm: NormSettings { get }

  /// What is dropped behind the features' stages, or of the residual blocks.
  var drop: DropSettings { get }

  /// What its convolutions see beyond the borders.
  var padding: BorderFilling { get }

  /// Whether there are residual blocks, whose branches can be dropped.
  var hasBlocks: Bool { get }

  /// What has no effect beside the other settings.
  var idle: [IdleSetting] { get }

  /// Pixels of the input to a cell of each stage's result: never descending.
  var stageStrides: [Int] { get }

  /// - Parameter norm: of all its layers.
  func stem(_ image: Value, norm: Norm) -> Value

  /// - Parameter index: into ``stageStrides``.
  func stage(_ index: Int, _ x: Value, norm: Norm) -> Value

  /// What a stage ends in, behind its attention.
  func completed(_ index: Int, _ x: Value, norm: Norm) -> Value

  /// Under which a stage's parameters are named.
  func stageName(_ index: Int) -> String
}

extension StagedBackbone {
  package var hasBlocks: Bool { false }

  package var idle: [IdleSetting] { [] }

  package func completed(_ index: Int, _ x: Value, norm: Norm) -> Value { x }

  package func stageName(_ index: Int) -> String { "stage\(index + 1)" }

  /// Of a stage's residual branches.
  ///
  /// - Parameter depths: of all stages, unscaled.
  func pathDrop(stage: Int, depths: [Int]) -> Dropout? {
    drop.ofBlocks(stage: stage, depths: depths.map(scale.blocks))
  }

  public var strides: [Int] { featureStages.map { stageStrides[$0] } }

  /// The last stage of each stride from 4 on.
  private var featureStages: [Int] {
    let strides = stageStrides
    return strides.indices.filter {
      strides[$0] >= 4 && ($0 + 1 == strides.count || strides[$0 + 1] > strides[$0])
    }
  }

  public func callAsFunction(_ image: Value) -> [Value] {
    requireValid { try validate() }
    return self(image, norm: nil)
  }

  /// - Parameter other: a norm in the place of the settings'.
  package func callAsFunction(_ image: Value, norm other: Norm?) -> [Value] {
    let norm = other ?? self.norm.layer
    var x = stem(image, norm: norm)
    let features = featureStages
    var values: [Value] = []
    for index in stageStrides.indices {
      x = x.scoped(stageName(index)) {
        let y = stage(index, $0, norm: norm)
        guard features.contains(index) else { return completed(index, y, norm: norm) }
        let stride = stageStrides[index]
        let weighed = y.attended(attention, stride: stride, norm: NormSettings(norm))
        return completed(index, weighed.dropped(drop, stride: stride), norm: norm)
      }
      if features.contains(index) { values.append(x) }
    }
    return values
  }

  /// What all backbones that are described by widths and depths ask for.
  ///
  /// - Parameters:
  ///   - features: channels of the features where they are not the widths.
  ///   - inner: channels in the blocks.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(
    stem: Int, widths: [Int], depths: [Int], leastDepth: Int = 1, features: [Int]? = nil,
    inner: [Int] = []
  ) throws {
    guard !widths.isEmpty, widths.count == depths.count else {
      throw SettingsError.contradiction(
        key: "backbone.depths",
        reason: "has \(depths.count) entries; one for each of the \(widths.count) widths is needed")
    }
    let check = SettingsCheck("backbone")
    try check.positive(["widths": widths])
    try check.positive(["stem": stem])
    for depth in depths {
      try leastDepth > 0
        ? check.positive(["depths": depth]) : check.notNegative(["depths": depth])
    }
    try scale.validate()
    try requireInBounds([stem] + widths)
    if depths.allSatisfy({ $0 == 0 }) {
      try BlockPlaces(attention: attention, drop: drop)
        .requireNone(key: "backbone", reason: "all depths are 0")
    }
    try validateAttention(channels: features ?? widths.map(scale.channels), inner: inner)
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for widths that the scale makes too large.
  private func requireInBounds(_ widths: [Int]) throws {
    guard let width = widths.first(where: { scale.channels($0) > SettingsBounds.largest }) else {
      return
    }
    throw SettingsError.contradiction(
      key: "backbone.scale.width",
      reason: "makes \(scale.channels(width)) channels of \(width); there can be "
        + "\(SettingsBounds.largest)")
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validateAttention(channels: [Int], inner: [Int] = []) throws {
    try norm.validate(key: "backbone.norm")
    guard hasBlocks || drop.ofBlocks == nil else {
      throw SettingsError.contradiction(
        key: "backbone.drop.type",
        reason: "dropPath needs residual blocks, which this backbone has none of")
    }
    try drop.validate(key: "backbone.drop", strides: strides)
    try attention.validate(
      key: "backbone.attention", strides: strides,
      channels: channels + (attention.inBlocks ? inner : []))
  }
}

/// Settings that are traced without having been validated are a caller's bug.
func requireValid(_ validate: () throws -> Void) {
  do { try validate() } catch { preconditionFailure("\(error)") }
}
