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

  public var settings: ModelSettings { Self.all[self]! }

  /// The YAML that it is written in.
  public var yaml: String {
    let text =
      switch self {
      case .nano: cp_nano()
      case .tinyRetina: cp_tiny_retina()
      case .fasterResNet18: cp_faster_resnet18()
      case .small: cp_small()
      case .attentive: cp_attentive()
      case .retinaResNet50: cp_retina_resnet50()
      case .mobile: cp_mobile()
      case .yoloDarknet53SPP: cp_yolo_darknet53_spp()
      }
    return text.data.withMemoryRebound(to: UInt8.self, capacity: text.size) {
      String(decoding: UnsafeBufferPointer(start: $0, count: text.size), as: UTF8.self)
    }
  }

  private static let all: [Preset: ModelSettings] = {
    // Those that others start from, over what their types have.
    let bases: [Preset] = [.nano, .tinyRetina, .fasterResNet18]
    var all: [Preset: ModelSettings] = [:]
    for preset in bases { all[preset] = preset.read(over: [("", plain)]) }
    let named = bases.map { ($0.rawValue, all[$0]!) }
    for preset in allCases where all[preset] == nil { all[preset] = preset.read(over: named) }
    return all
  }()

  private func read(over presets: [(String, ModelSettings)]) -> ModelSettings {
    // The files are part of the program, and a test reads each.
    try! ModelSettings(
      yaml: yaml, file: "the preset \(rawValue)",
      over: presets.map { (name: $0, defaults: $1) })
  }

  private static let plain = ModelSettings(
    name: "", strides: [8, 16, 32], backbone: .crossStage(CrossStageBackbone()),
    neck: .pathAggregation(PathAggregation()), head: .point(PointHead()))
}
