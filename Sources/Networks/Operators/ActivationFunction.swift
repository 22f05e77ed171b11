/// A function of each element.
public enum ActivationFunction: Hashable, Sendable, Codable {
  case identity
  /// `max(0, x)`
  case relu
  /// `min(max(0, x), 6)`. Sandler et al.: *MobileNetV2*, CVPR 2018, §3.4.
  case relu6
  /// `x` where positive, else `slope·x`
  case leakyReLU(slope: Float)
  /// `x` where positive, else `a·x` with a learned `a` for each channel, at first 0.25. He et al.:
  /// *Delving Deep into Rectifiers*, ICCV 2015, §2.1.
  case prelu
  /// `x` where positive, else `alpha·(eˣ − 1)`. Clevert, Unterthiner, Hochreiter: *Fast and Accurate
  /// Deep Network Learning by Exponential Linear Units*, ICLR 2016, eq. 16.
  case elu(alpha: Float)
  /// `x·σ(x)`. Elfwing, Uchibe, Doya: *Sigmoid-Weighted Linear Units*, 2017, eq. 2.
  case silu
  /// `x·σ(beta·x)`. Ramachandran, Zoph, Le: *Searching for Activation Functions*, 2017, §3. At 1.702
  /// it is the third form of ``gelu``.
  case swish(beta: Float)
  /// The same with a learned `beta` for each channel, at first 1.
  case learnedSwish
  /// `x·min(max(x + 3, 0), 6) / 6`. Howard et al.: *Searching for MobileNetV3*, ICCV 2019, §5.2.
  case hardSwish
  /// `x·Φ(x)`, Φ being the normal distribution. Hendrycks, Gimpel: *Gaussian Error Linear Units*,
  /// 2016, §2.
  case gelu
  /// `x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`, their approximation.
  case geluTanh
  /// `x·tanh(log(1 + eˣ))`. Misra: *Mish*, BMVC 2020, eq. 1.
  case mish
  case tanh
  /// `1 / (1 + e⁻ˣ)`
  case sigmoid
  /// `min(max(x + 3, 0), 6) / 6`
  case hardSigmoid

  public var label: String {
    switch self {
    case .identity: "identity"
    case .relu: "relu"
    case .relu6: "relu6"
    case .leakyReLU: "leaky-relu"
    case .prelu: "prelu"
    case .elu: "elu"
    case .silu: "silu"
    case .swish: "swish"
    case .learnedSwish: "learned-swish"
    case .hardSwish: "hard-swish"
    case .gelu: "gelu"
    case .geluTanh: "gelu-tanh"
    case .mish: "mish"
    case .tanh: "tanh"
    case .sigmoid: "sigmoid"
    case .hardSigmoid: "hard-sigmoid"
    }
  }

  /// The number that it is made of, where one is fixed.
  public var constant: Float? {
    switch self {
    case .leakyReLU(let slope): slope
    case .elu(let alpha): alpha
    case .swish(let beta): beta
    default: nil
    }
  }

  /// What the paper calls that number.
  public var constantName: String? {
    switch self {
    case .leakyReLU: "slope"
    case .elu: "alpha"
    case .swish: "beta"
    default: nil
    }
  }

  /// First value of what it learns for each channel.
  public var firstLearned: Float? {
    switch self {
    case .prelu: 0.25
    case .learnedSwish: 1
    default: nil
    }
  }

  /// Whether it is 0 at 0 and passes a gradient there.
  var passesZero: Bool {
    switch self {
    case .relu, .relu6, .sigmoid, .hardSigmoid: false
    case .leakyReLU(let slope): slope != 0
    case .elu(let alpha): alpha != 0
    case .identity, .prelu, .silu, .swish, .learnedSwish, .hardSwish, .gelu, .geluTanh, .mish,
      .tanh:
      true
    }
  }
}
