import Networks

/// Well-known classifiers: networks to measure and to compare with other programs, not to train here.
///
/// Input `image` `[N, 3, H, W]`, output `logits` `[N, classes, 1, 1]`. Parameters are as many as in
/// torchvision's networks of the same names.
public enum Classifier: String, Sendable, CaseIterable {
  /// He et al.: *Deep Residual Learning*, CVPR 2016, table 1, 50 layers.
  case resnet50
  /// Sandler et al.: *MobileNetV2*, CVPR 2018, table 2, width 1.
  case mobilenetV2 = "mobilenet-v2"

  /// torchvision's.
  private static let norm = Norm.batch(BatchNorm(epsilon: 1e-5, momentum: 0.1))

  private var backbone: any StagedBackbone {
    switch self {
    case .resnet50:
      return ResidualBackbone.resnet(depths: [3, 4, 6, 3], block: .bottleneck)
    case .mobilenetV2:
      var backbone = MobileBackbone(.v2)
      backbone.endsWide = true
      return backbone
    }
  }

  public func graph(classCount: Int) -> Graph {
    Graph.trace { image in
      let features = image.scoped("backbone") { backbone($0, norm: Self.norm) }
      features.last!.spatialMean.through("classifier", Linear(channels: classCount))
        .output("logits")
    }
  }
}
