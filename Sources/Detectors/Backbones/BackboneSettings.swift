import Networks

/// Which backbone a model has.
///
/// Calling it traces the one that it names.
public enum BackboneSettings: Hashable, Sendable {
  case crossStage(CrossStageBackbone)
  case residual(ResidualBackbone)
  case darknet(DarknetBackbone)
  case mobile(MobileBackbone)
  case vgg(VGGBackbone)
  case dense(DenseBackbone)
  case repVGG(RepVGGBackbone)

  package var backbone: any StagedBackbone {
    switch self {
    case .crossStage(let backbone): backbone
    case .residual(let backbone): backbone
    case .darknet(let backbone): backbone
    case .mobile(let backbone): backbone
    case .vgg(let backbone): backbone
    case .dense(let backbone): backbone
    case .repVGG(let backbone): backbone
    }
  }

  /// The name of the family, under which settings are written.
  private var family: String {
    switch self {
    case .crossStage: "crossStage"
    case .residual: "residual"
    case .darknet: "darknet"
    case .mobile: "mobile"
    case .vgg: "vgg"
    case .dense: "dense"
    case .repVGG: "repVGG"
    }
  }

  /// What `type:` can name: families with their defaults, and the networks that papers name, which
  /// are a family with certain widths and depths.
  public static let architectures: [(name: String, settings: BackboneSettings)] = [
    ("crossStage", .crossStage(CrossStageBackbone())),
    ("cspDarknet", .crossStage(.cspDarknet)),
    ("residual", .residual(ResidualBackbone())),
    ("resnet18", .residual(.resnet(depths: [2, 2, 2, 2]))),
    ("resnet34", .residual(.resnet(depths: [3, 4, 6, 3]))),
    ("resnet50", .residual(.resnet(depths: [3, 4, 6, 3], block: .bottleneck))),
    ("resnet101", .residual(.resnet(depths: [3, 4, 23, 3], block: .bottleneck))),
    ("resnext50", .residual(.resnext(depths: [3, 4, 6, 3], groupWidth: 4))),
    ("resnext101", .residual(.resnext(depths: [3, 4, 23, 3], groupWidth: 8))),
    ("darknet", .darknet(DarknetBackbone())),
    ("darknet53", .darknet(DarknetBackbone())),
    ("mobile", .mobile(MobileBackbone(.v3Large))),
    ("mobilenetV1", .mobile(MobileBackbone(.v1))),
    ("mobilenetV2", .mobile(MobileBackbone(.v2))),
    ("mobilenetV3Small", .mobile(MobileBackbone(.v3Small))),
    ("mobilenetV3Large", .mobile(MobileBackbone(.v3Large))),
    ("vgg", .vgg(VGGBackbone(depths: [2, 2, 3, 3, 3]))),
    ("vgg11", .vgg(VGGBackbone(depths: [1, 1, 2, 2, 2]))),
    ("vgg13", .vgg(VGGBackbone(depths: [2, 2, 2, 2, 2]))),
    ("vgg16", .vgg(VGGBackbone(depths: [2, 2, 3, 3, 3]))),
    ("vgg19", .vgg(VGGBackbone(depths: [2, 2, 4, 4, 4]))),
    ("dense", .dense(DenseBackbone())),
    ("densenet121", .dense(DenseBackbone())),
    ("densenet169", .dense(DenseBackbone(depths: [6, 12, 32, 32]))),
    ("densenet201", .dense(DenseBackbone(depths: [6, 12, 48, 32]))),
    ("repVGG", .repVGG(.a0)),
    ("repvggA0", .repVGG(.a0)),
    ("repvggA1", .repVGG(.a1)),
    ("repvggA2", .repVGG(.a2)),
    ("repvggB0", .repVGG(.b0)),
  ]

  static var variants: [(name: String, defaults: any Encodable)] {
    architectures.map { ($0.name, $0.settings) }
  }
}

extension BackboneSettings: Backbone {
  public var strides: [Int] { backbone.strides }
  public func callAsFunction(_ image: Value) -> [Value] { backbone(image) }
  public func validate() throws { try backbone.validate() }
}

extension BackboneSettings: Codable {
  public init(from decoder: any Decoder) throws {
    let name = try decoder.variantName()
    guard let named = Self.architectures.first(where: { $0.name == name }) else {
      throw decoder.unknownVariant(name, valid: Self.architectures.map(\.name))
    }
    switch named.settings {
    case .crossStage: self = .crossStage(try CrossStageBackbone(from: decoder))
    case .residual: self = .residual(try ResidualBackbone(from: decoder))
    case .darknet: self = .darknet(try DarknetBackbone(from: decoder))
    case .mobile: self = .mobile(try MobileBackbone(from: decoder))
    case .vgg: self = .vgg(try VGGBackbone(from: decoder))
    case .dense: self = .dense(try DenseBackbone(from: decoder))
    case .repVGG: self = .repVGG(try RepVGGBackbone(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    try encoder.encode(variant: family, backbone)
  }
}
