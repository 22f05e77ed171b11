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

  public var settings: ModelSettings {
    switch self {
    case .nano:
      var neck = PathAggregation()
      neck.widths = [64, 128, 256]
      var head = PointHead()
      head.channels = 48
      return ModelSettings(
        name: rawValue, strides: [8, 16, 32], backbone: .crossStage(CrossStageBackbone()),
        neck: .pathAggregation(neck), head: .point(head))
    case .tinyRetina:
      return ModelSettings(
        name: rawValue, strides: [8, 16, 32, 64], backbone: .residual(ResidualBackbone()),
        neck: .featurePyramid(FeaturePyramid()), head: .anchor(AnchorHead()))
    case .fasterResNet18:
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
        name: rawValue, strides: [8, 16, 32, 64], backbone: .residual(backbone),
        neck: .featurePyramid(neck), head: .twoStage(head))
    }
  }
}
