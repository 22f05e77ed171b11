import Networks

/// A row of a MobileNet's table: blocks in a row, the first of which has the stride.
struct MobileRow {
  /// What lies between a block's 1×1 convolutions.
  enum Hidden {
    /// No first 1×1 convolution and no sum: a depthwise separable convolution.
    case none
    /// The paper's *t*: so many times the block's input channels.
    case times(Int)
    case channels(Int)
  }

  var hidden: Hidden
  var channels: Int
  var blocks = 1
  var stride = 1
  var kernel = 3
  var isGated = false
  var function = ActivationFunction.relu6

  static func table(_ version: MobileVersion) -> [MobileRow] {
    switch version {
    case .v1: v1
    case .v2: v2
    case .v3Small: v3Small
    case .v3Large: v3Large
    }
  }

  private static let v1: [MobileRow] = [
    (64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 6, 2), (1024, 2, 2),
  ]
  .map { MobileRow(hidden: .none, channels: $0.0, blocks: $0.1, stride: $0.2) }

  private static let v2: [MobileRow] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ].map { MobileRow(hidden: .times($0.0), channels: $0.1, blocks: $0.2, stride: $0.3) }

  /// Kernel, hidden, channels, gate, function, stride.
  private typealias Bneck = (Int, Int, Int, Bool, ActivationFunction, Int)

  private static func rows(_ table: [Bneck]) -> [MobileRow] {
    table.map {
      MobileRow(
        hidden: .channels($0.1), channels: $0.2, stride: $0.5, kernel: $0.0, isGated: $0.3,
        function: $0.4)
    }
  }

  private static let v3Large = rows([
    (3, 16, 16, false, .relu, 1), (3, 64, 24, false, .relu, 2), (3, 72, 24, false, .relu, 1),
    (5, 72, 40, true, .relu, 2), (5, 120, 40, true, .relu, 1), (5, 120, 40, true, .relu, 1),
    (3, 240, 80, false, .hardSwish, 2), (3, 200, 80, false, .hardSwish, 1),
    (3, 184, 80, false, .hardSwish, 1), (3, 184, 80, false, .hardSwish, 1),
    (3, 480, 112, true, .hardSwish, 1), (3, 672, 112, true, .hardSwish, 1),
    (5, 672, 160, true, .hardSwish, 2), (5, 960, 160, true, .hardSwish, 1),
    (5, 960, 160, true, .hardSwish, 1),
  ])

  private static let v3Small = rows([
    (3, 16, 16, true, .relu, 2), (3, 72, 24, false, .relu, 2), (3, 88, 24, false, .relu, 1),
    (5, 96, 40, true, .hardSwish, 2), (5, 240, 40, true, .hardSwish, 1),
    (5, 240, 40, true, .hardSwish, 1), (5, 120, 48, true, .hardSwish, 1),
    (5, 144, 48, true, .hardSwish, 1), (5, 288, 96, true, .hardSwish, 2),
    (5, 576, 96, true, .hardSwish, 1), (5, 576, 96, true, .hardSwish, 1),
  ])
}
