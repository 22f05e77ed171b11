import Networks

/// How a neck doubles a level's height and width.
public enum Enlarging: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  /// By its nearest cell; convolutions after the join do the rest.
  case nearest
  /// By a 4×4 ``TransposedConvolution`` and a norm: learned, at the price of a convolution.
  case transposed
}

extension Value {
  /// - Parameter name: of what is learned.
  func doubled(_ enlarging: Enlarging, _ name: String, norm: Norm) -> Value {
    switch enlarging {
    case .nearest: upsampled(by: 2)
    case .transposed:
      scoped(name) { x in
        x.through("conv", TransposedConvolution(channels: x.channels, kernel: 4))
          .through("norm", norm)
      }
    }
  }
}
