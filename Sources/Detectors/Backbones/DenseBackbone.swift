import Networks

/// Stages in which each layer reads what all layers before it gave.
///
/// The stem has stride 4 with its pool; the stages have strides 4, 8, 16, 32.
///
/// Huang, Liu, van der Maaten, Weinberger: *Densely Connected Convolutional Networks*, CVPR 2017,
/// table 1 (DenseNet-BC).
public struct DenseBackbone: Hashable, Sendable, Codable {
  /// Channels of the stem.
  public var stem = 64
  /// Layers of each stage.
  public var depths: [Int]
  /// The paper's *k*: channels that each layer adds.
  public var growth = 32
  /// Channels of a layer's 1×1 convolution for one that it adds.
  public var expansion = 4
  /// The paper's *θ*: share of the channels that a transition between stages keeps.
  public var compression: Float = 0.5
  public var attention = AttentionSettings()
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var padding = BorderFilling.zeros
  public var activation = ActivationName.relu
  public var scale = BackboneScale()

  public init(depths: [Int] = [6, 12, 24, 16]) { self.depths = depths }
}

extension DenseBackbone: StagedBackbone {
  package var stageStrides: [Int] { depths.indices.map { 4 << $0 } }

  package func stem(_ image: Value, norm: Norm) -> Value {
    image.through(
      "stem",
      ConvolutionBlock(
        channels: scale.channels(stem), kernel: 7, stride: 2, activation: activation.function,
        norm: norm)
    )
    .through("pool", Pooling(.maximum, kernel: 3, stride: 2))
  }

  package func stage(_ index: Int, _ x: Value, norm: Norm) -> Value {
    let dense = (0..<scale.blocks(depths[index])).reduce(index == 0 ? x : halved(x, norm)) {
      value, layer in
      Value.concatenated([value, value.scoped("\(layer)") { added($0, norm) }])
    }
    // Layers begin with a norm; what leaves the last stage has met none.
    return index + 1 < depths.count
      ? dense : dense.through("norm", norm).activated(activation.function)
  }

  /// Of each stage's result.
  private var featureChannels: [Int] {
    var channels = scale.channels(stem)
    return depths.indices.map { index in
      if index > 0 { channels = kept(channels) }
      channels += scale.blocks(depths[index]) * scale.channels(growth)
      return channels
    }
  }

  /// Channels that a transition leaves.
  private func kept(_ channels: Int) -> Int { max(1, Int(compression * Float(channels))) }

  private func added(_ x: Value, _ norm: Norm) -> Value {
    let channels = scale.channels(growth)
    return
      x
      .through("norm1", norm).scoped("function1") { $0.activated(activation.function) }
      .through("conv1", Convolution(channels: expansion * channels, kernel: 1, hasBias: false))
      .through("norm2", norm).scoped("function2") { $0.activated(activation.function) }
      .through("conv2", Convolution(channels: channels, kernel: 3, hasBias: false))
      .weighed(by: attention.ofBlocks, norm: norm)
  }

  private func halved(_ x: Value, _ norm: Norm) -> Value {
    let channels = kept(x.channels)
    return x.scoped("transition") { x in
      x.through("norm", norm).activated(activation.function)
        .through("conv", Convolution(channels: channels, kernel: 1, hasBias: false))
        .through("pool", Pooling(.average, kernel: 2, stride: 2, padding: 0))
    }
  }

  public func validate() throws {
    let check = SettingsCheck("backbone")
    try check.positive(["growth": growth, "expansion": expansion])
    try check.shares(["compression": compression])
    try scale.validate()
    try validate(
      stem: stem, widths: depths.map { _ in growth }, depths: depths, features: featureChannels,
      inner: [scale.channels(growth)])
  }
}
