import Networks

/// How a neck doubles a level's height and width.
public enum Enlarging: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  /// By its nearest cell; convolutions after the join do the rest.
  case nearest
  /// Between its nearest cells, centres at half-integers, edges repeated; by plain loops.
  case bilinear
  /// By a 4×4 ``TransposedConvolution`` and a norm: learned, at the price of a convolution.
  case transposed
}

extension Value {
  /// - Parameter name: of what is learned.
  func doubled(_ enlarging: Enlarging, _ name: String, norm: Norm) -> Value {
    switch enlarging {
    case .nearest: upsampled(by: 2)
    case .bilinear: upsampled(by: 2, .bilinear)
    case .transposed:
      scoped(name) { x in
        x.through("conv", TransposedConvolution(channels: x.channels, kernel: 4))
          .through("norm", norm)
      }
    }
  }
}
