import Networks

/// Which MobileNet.
public enum MobileVersion: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  case v1, v2, v3Small, v3Large
}

/// Depthwise filters between 1×1 convolutions: MobileNet in its three versions.
///
/// The stem has stride 2; the rows of the papers' tables are its stages, and its features those at
/// strides 4, 8, 16 and 32.
///
/// Howard et al.: *MobileNets*, 2017, table 1; Sandler et al.: *MobileNetV2*, CVPR 2018, table 2;
/// Howard et al.: *Searching for MobileNetV3*, ICCV 2019, tables 1 and 2.
public struct MobileBackbone: Hashable, Sendable, Codable {
  public var version: MobileVersion
  /// Whether the 1×1 convolution follows that the papers' classifiers end in, 576 to 1,280 channels
  /// wide.
  public var endsWide = false
  public var attention = AttentionSettings()
  public var norm = NormSettings()
  public var drop = DropSettings()
  public var padding = BorderFilling.zeros
  public var scale = BackboneScale()

  public init(_ version: MobileVersion) { self.version = version }
}

extension MobileBackbone: StagedBackbone {
  private var rows: [MobileRow] { MobileRow.table(version) }

  package var stageStrides: [Int] {
    let strides = rows.reduce(into: [2]) { $0.append($0.last! * $1.stride) }.dropFirst()
    return Array(strides) + (endsWide && wideEnd != nil ? [strides.last!] : [])
  }

  private var stemFunction: ActivationFunction {
    switch version {
    case .v1, .v2: .relu6
    case .v3Small, .v3Large: .hardSwish
    }
  }

  private func block(
    _ channels: Int, kernel: Extent, stride: Extent, _ norm: Norm
  ) -> ConvolutionBlock {
    ConvolutionBlock(
      channels: channels, kernel: kernel, stride: stride, activation: stemFunction, norm: norm)
  }

  package func stem(_ image: Value, norm: Norm) -> Value {
    let channels = version == .v1 || version == .v2 ? 32 : 16
    return image.through("stem", block(scale.channels(channels), kernel: 3, stride: 2, norm))
  }

  /// Channels of the last 1×1 convolution. That of version 2 does not shrink below its table's.
  private var wideEnd: Int? {
    switch version {
    case .v1: nil
    case .v2: scale.width > 1 ? scale.channels(1280) : 1280
    case .v3Small, .v3Large: 6 * scale.channels(rows.last!.channels)
    }
  }

  package func stageName(_ index: Int) -> String {
    index < rows.count ? "stage\(index + 1)" : "head"
  }

  package func stage(_ index: Int, _ x: Value, norm: Norm) -> Value {
    guard index < rows.count else { return block(wideEnd!, kernel: 1, stride: 1, norm)(x) }
    let row = rows[index]
    let drop = pathDrop(stage: index, depths: rows.map(\.blocks))
    return (0..<scale.blocks(row.blocks)).reduce(x) { value, block in
      let stride = Extent(block == 0 ? row.stride : 1)
      return value.scoped("\(block)") { layer($0, row, stride: stride, norm: norm, drop: drop) }
    }
  }

  private func layer(
    _ x: Value, _ row: MobileRow, stride: Extent, norm: Norm, drop: Dropout?
  ) -> Value {
    let channels = scale.channels(row.channels)
    switch row.hidden {
    case .none:
      return DepthwiseSeparableConvolution(
        channels: channels, stride: stride, activation: row.function, norm: norm)(x)
        .weighed(by: attention.ofBlocks, norm: norm)
    case .times(let expansion):
      return InvertedResidual(
        channels: channels, hidden: expansion * x.channels, stride: stride,
        activation: row.function, attention: attention.ofBlocks, norm: norm, drop: drop)(x)
    case .channels(let hidden):
      let hidden = scale.channels(hidden)
      // A quarter in multiples of 8: torchvision's, and the authors' code.
      let gate = SqueezeExcitation(
        hidden: BackboneScale.divisible(Double(hidden / 4)), gate: .hardSigmoid)
      return InvertedResidual(
        channels: channels, hidden: hidden, kernel: Extent(row.kernel), stride: stride,
        gate: row.isGated ? gate : nil, activation: row.function,
        attention: attention.ofBlocks, norm: norm, drop: drop)(x)
    }
  }

  package var hasBlocks: Bool { version != .v1 }

  package var idle: [IdleSetting] {
    IdleSetting.all(["endsWide"], of: "backbone", "version: v1", if: version == .v1)
  }

  public func validate() throws {
    try scale.validate()
    try validateAttention(channels: rows.map { scale.channels($0.channels) })
  }
}
