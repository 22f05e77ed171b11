extension Initializer {
  /// Uniform in ±√(6 / fan), of variance 2 / fan. He et al.: *Delving Deep into Rectifiers*, ICCV
  /// 2015, §2.2.
  public static func heUniform(fan: Int) -> Initializer { .uniform(bound: root(6, fan)) }

  /// Normal of variance 2 / (fanIn + fanOut). Glorot, Bengio: *Understanding the Difficulty of
  /// Training Deep Feedforward Neural Networks*, AISTATS 2010, eq. 12.
  public static func xavierNormal(fanIn: Int, fanOut: Int) -> Initializer {
    .normal(deviation: root(2, fanIn + fanOut))
  }

  /// Uniform of the same variance: eq. 16.
  public static func xavierUniform(fanIn: Int, fanOut: Int) -> Initializer {
    .uniform(bound: root(6, fanIn + fanOut))
  }

  /// Uniform in ±1/√fan: LeCun et al.: *Efficient BackProp*, 1998, §4.6, as Torch took it, and what
  /// Glorot and Bengio's eq. 1 calls the usual.
  public static func uniform(fan: Int) -> Initializer { .uniform(bound: root(1, fan)) }

  private static func root(_ numerator: Float, _ denominator: Int) -> Float {
    (numerator / Float(max(1, denominator))).squareRoot()
  }
}

extension Graph {
  /// The network with other first values of all convolutions' and linear layers' weights, but those
  /// that have some of their own, as a head's last ones.
  ///
  /// - Parameter rule: takes fan-in, the terms of an output's sum, and fan-out, the outputs of one
  ///   group that an input reaches at any place of the kernel.
  public func initializingWeights(_ rule: (_ fanIn: Int, _ fanOut: Int) -> Initializer) -> Graph {
    var parameters = parameters
    for node in nodes {
      switch node.operation {
      case .convolution(let convolution) where convolution.initializer == nil:
        let shape = parameters[node.parameters[0]].shape
        let area = convolution.window.kernel.area
        parameters[node.parameters[0]].initializer = rule(
          shape[1] * area, shape[0] / convolution.groups * area)
      case .linear(let linear) where linear.initializer == nil:
        let shape = parameters[node.parameters[0]].shape
        parameters[node.parameters[0]].initializer = rule(shape[1], shape[0])
      default: continue
      }
    }
    return Graph(nodes: nodes, parameters: parameters, buffers: buffers)
  }
}
