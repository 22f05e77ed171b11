/// A function of each element.
public enum ActivationFunction: Hashable, Sendable, Codable {
  case identity
  /// `max(0, x)`
  case relu
  /// `min(max(0, x), 6)`. Sandler et al.: *MobileNetV2*, CVPR 2018, §3.4.
  case relu6
  /// `x` where positive, else `slope·x`
  case leakyReLU(slope: Float)
  /// `x·σ(x)`. Elfwing, Uchibe, Doya: *Sigmoid-Weighted Linear Units*, 2017, eq. 2.
  case silu
  /// `x·min(max(x + 3, 0), 6) / 6`. Howard et al.: *Searching for MobileNetV3*, ICCV 2019, §5.2.
  case hardSwish
  /// `1 / (1 + e⁻ˣ)`
  case sigmoid

  public var label: String {
    switch self {
    case .identity: "identity"
    case .relu: "relu"
    case .relu6: "relu6"
    case .leakyReLU: "leaky-relu"
    case .silu: "silu"
    case .hardSwish: "hard-swish"
    case .sigmoid: "sigmoid"
    }
  }
}

/// Applies a function to each element.
///
/// - Input, output: `[N, C, H, W]`
public struct Activation: Operator, Layer {
  public var function: ActivationFunction

  public init(_ function: ActivationFunction) { self.function = function }

  public var label: String { function.label }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.activation(self)) }
}

extension Value {
  public func activated(_ function: ActivationFunction) -> Value {
    function == .identity ? self : Activation(function)(self)
  }
}
