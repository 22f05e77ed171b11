import CPresets

/// Models that come with names.
public enum Preset: String, Sendable, CaseIterable {
  /// Cross-stage backbone, path aggregation, point head.
  case nano
  /// RetinaNet's parts at a small size: residual backbone, feature pyramid, anchors, focal loss,
  /// Smooth-L1.
  case tinyRetina = "tiny-retina"
  /// Faster R-CNN's parts: ResNet-18's blocks, feature pyramid, region proposals and a second stage.
  /// Widths and depths are the paper's; the stem is this backbone's, of stride 2.
  case fasterResNet18 = "faster-resnet18"
  /// A wider nano.
  case small
  /// nano with CBAM and selective kernels.
  case attentive
  /// RetinaNet with ResNet-50.
  case retinaResNet50 = "retina-resnet50"
  /// MobileNetV3 and a bidirectional pyramid.
  case mobile
  /// Darknet-53 with spatial pyramid pooling.
  case yoloDarknet53SPP = "yolo-darknet53-spp"

  public var settings: ModelSettings {
    switch self {
    case .nano: Self.nanoSettings
    case .tinyRetina: Self.tinyRetinaSettings
    case .fasterResNet18: Self.fasterResNet18Settings
    case .small, .attentive, .retinaResNet50, .mobile, .yoloDarknet53SPP: Self.written[self]!
    }
  }

  /// The YAML that a preset is written in; nil of those that others start from.
  public var yaml: String? {
    let text: cp_text
    switch self {
    case .nano, .tinyRetina, .fasterResNet18: return nil
    case .small: text = cp_small()
    case .attentive: text = cp_attentive()
    case .retinaResNet50: text = cp_retina_resnet50()
    case .mobile: text = cp_mobile()
    case .yoloDarknet53SPP: text = cp_yolo_darknet53_spp()
    }
    return text.data.withMemoryRebound(to: UInt8.self, capacity: text.size) {
      String(decoding: UnsafeBufferPointer(start: $0, count: text.size), as: UTF8.self)
    }
  }

  /// Those that are not written in YAML, which YAML may start from.
  static let bases: [(name: String, defaults: ModelSettings)] = [
    (nano.rawValue, nanoSettings), (tinyRetina.rawValue, tinyRetinaSettings),
    (fasterResNet18.rawValue, fasterResNet18Settings),
  ]

  private static let written: [Preset: ModelSettings] = {
    let presets = allCases.compactMap { preset in
      preset.yaml.map { (preset, $0) }
    }
    return Dictionary(
      uniqueKeysWithValues: presets.map { preset, yaml in
        // The files are part of the program, and a test reads each.
        (
          preset,
          try! ModelSettings(yaml: yaml, file: "the preset \(preset.rawValue)", over: bases)
        )
      })
  }()

  private static let nanoSettings: ModelSettings = {
    var neck = PathAggregation()
    neck.widths = [64, 128, 256]
    var head = PointHead()
    head.channels = 48
    return ModelSettings(
      name: nano.rawValue, strides: [8, 16, 32], backbone: .crossStage(CrossStageBackbone()),
      neck: .pathAggregation(neck), head: .point(head))
  }()

  private static let tinyRetinaSettings = ModelSettings(
    name: tinyRetina.rawValue, strides: [8, 16, 32, 64], backbone: .residual(ResidualBackbone()),
    neck: .featurePyramid(FeaturePyramid()), head: .anchor(AnchorHead()))

  private static let fasterResNet18Settings: ModelSettings = {
    var backbone = ResidualBackbone()
    // He et al.: *Deep Residual Learning*, CVPR 2016, table 1, 18 layers.
    (backbone.stem, backbone.widths, backbone.depths) = (32, [64, 128, 256, 512], [2, 2, 2, 2])
    var neck = FeaturePyramid()
    neck.channels = 128
    var head = TwoStageHead()
    head.proposals.channels = 128
    // Inputs are of 320 pixels rather than of 800: the finest level is of stride 8, with anchors of
    // 32 pixels, and a region of 112 pixels is cut from the level of stride 16.
    head.proposals.anchors.base = 4
    head.regions.canonicalSide = 112
    return ModelSettings(
      name: fasterResNet18.rawValue, strides: [8, 16, 32, 64], backbone: .residual(backbone),
      neck: .featurePyramid(neck), head: .twoStage(head))
  }()
}
