/// What stands between a convolution and its activation.
public enum Norm: Hashable, Sendable, Codable {
  case batch(BatchNorm)
  case group(GroupNorm)

  /// A batch norm with this project's numbers.
  public static let standard = Norm.batch(BatchNorm())

  /// With another first value of γ.
  func starting(at scale: Float) -> Norm {
    switch self {
    case .batch(var norm):
      norm.initialScale = scale
      return .batch(norm)
    case .group(var norm):
      norm.initialScale = scale
      return .group(norm)
    }
  }
}

extension Norm: Layer {
  public func callAsFunction(_ x: Value) -> Value {
    switch self {
    case .batch(let norm): norm(x)
    case .group(let norm): norm(x)
    }
  }
}
