import Networks

/// An activation as settings name it.
public enum ActivationName: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  case relu, leakyReLU, silu, hardSwish

  package var function: ActivationFunction {
    switch self {
    case .relu: .relu
    // The slope of Darknet's layers: Redmon, Farhadi: *YOLO9000*, CVPR 2017.
    case .leakyReLU: .leakyReLU(slope: 0.1)
    case .silu: .silu
    case .hardSwish: .hardSwish
    }
  }
}
