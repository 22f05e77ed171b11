import Networks

/// An activation as settings name it.
public enum ActivationName: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  case relu, relu6, leakyReLU, silu, hardSwish

  package var function: ActivationFunction {
    switch self {
    case .relu: .relu
    case .relu6: .relu6
    // The slope of Darknet's layers: Redmon, Farhadi: *YOLO9000*, CVPR 2017.
    case .leakyReLU: .leakyReLU(slope: 0.1)
    case .silu: .silu
    case .hardSwish: .hardSwish
    }
  }
}
