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

  public func graph(classCount: Int) -> Graph {
    Graph.trace { image in
      let features = image.scoped("backbone") { self == .resnet50 ? residual($0) : mobile($0) }
      features.spatialMean.through("classifier", Linear(channels: classCount)).output("logits")
    }
  }

  private func residual(_ image: Value) -> Value {
    var x =
      image
      .through(
        "stem",
        ConvolutionBlock(channels: 64, kernel: 7, stride: 2, activation: .relu, norm: Self.norm)
      )
      .through("pool", Pooling(.maximum, kernel: 3, stride: 2))
    for (index, depth) in [3, 4, 6, 3].enumerated() {
      for block in 0..<depth {
        let stride: Extent = index > 0 && block == 0 ? 2 : 1
        x = x.through(
          "stage\(index + 1).\(block)",
          BottleneckResidualBlock(width: 64 << index, stride: stride, norm: Self.norm))
      }
    }
    return x
  }

  private func mobile(_ image: Value) -> Value {
    func block(_ channels: Int, kernel: Extent, stride: Extent = 1) -> ConvolutionBlock {
      ConvolutionBlock(
        channels: channels, kernel: kernel, stride: stride, activation: .relu6, norm: Self.norm)
    }
    var x = image.through("stem", block(32, kernel: 3, stride: 2))
    /// Expansion, channels, blocks and stride of each row of the table.
    let rows: [(Int, Int, Int, Extent)] = [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
      (6, 320, 1, 1),
    ]
    for (row, (expansion, channels, count, stride)) in rows.enumerated() {
      for index in 0..<count {
        x = x.through(
          "stage\(row + 1).\(index)",
          InvertedResidual(
            channels: channels, expansion: expansion, stride: index == 0 ? stride : 1,
            norm: Self.norm))
      }
    }
    return x.through("head", block(1280, kernel: 1))
  }
}
