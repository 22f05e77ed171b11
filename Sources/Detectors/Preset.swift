/// Models that come with names.
public enum Preset: String, Sendable, CaseIterable {
  /// Cross-stage backbone, path aggregation, point head.
  case nano
  /// RetinaNet's parts at a small size: residual backbone, feature pyramid, anchors, focal loss,
  /// Smooth-L1.
  case tinyRetina = "tiny-retina"

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
    }
  }
}
