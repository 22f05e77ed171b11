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

  /// The network with scale 0 at first in the last norm of each residual branch, so that every block
  /// starts as what its shortcut is.
  ///
  /// Goyal et al.: *Accurate, Large Minibatch SGD*, 2017, §5.1.
  public func zeroingResidualBranches() -> Graph {
    var parameters = parameters
    for norm in residualNorms { parameters[nodes[norm].parameters[0]].initializer = .constant(0) }
    return Graph(nodes: nodes, parameters: parameters, buffers: buffers)
  }

  /// Indices of the parameters that get no gradient while the last norms of residual branches have scale
  /// 0: all that reach the outputs through such norms alone.
  public var parametersBehindZeroScales: Set<Int> {
    let zeros = residualNorms.filter {
      parameters[nodes[$0].parameters[0]].initializer == .constant(0)
    }
    guard !zeros.isEmpty else { return [] }
    let stops = Set(zeros)
    var reaches = nodes.map { if case .output = $0.operation { true } else { false } }
    for (index, node) in nodes.enumerated().reversed() where reaches[index] {
      for input in node.inputs where !stops.contains(index) { reaches[input] = true }
    }
    let learning = nodes.indices.filter { reaches[$0] }.flatMap { nodes[$0].parameters }
    return Set(parameters.indices).subtracting(learning)
  }

  /// Nodes of the last norms of residual branches. A branch is the second term of a sum whose first,
  /// or what its projection takes, is what the branch begins with; after the norm may stand an
  /// activation, a gate or a dropout.
  public var residualNorms: [Int] {
    normsOfResidualBranches.filter { !nodes[$0].parameters.isEmpty }
  }

  /// Whether such norms are frozen, and so have no scale to begin with.
  public var hasFrozenResidualNorms: Bool {
    normsOfResidualBranches.contains { nodes[$0].parameters.isEmpty }
  }

  private var normsOfResidualBranches: [Int] {
    nodes.indices.compactMap { index in
      guard case .addition = nodes[index].operation else { return nil }
      let (shortcut, branch) = (nodes[index].inputs[0], nodes[index].inputs[1])
      guard let norm = normAtEnd(of: branch), ancestors(of: norm).contains(start(of: shortcut))
      else { return nil }
      return norm
    }
  }

  private func normAtEnd(of node: Int) -> Int? {
    switch nodes[node].operation {
    case .batchNorm, .groupNorm: node
    case .activation, .gating, .dropout: normAtEnd(of: nodes[node].inputs[0])
    default: nil
    }
  }

  /// A shortcut itself, or what goes into its projection: a convolution with or without a norm.
  private func start(of shortcut: Int) -> Int {
    switch nodes[shortcut].operation {
    case .batchNorm, .groupNorm, .convolution:
      start(of: nodes[shortcut].inputs[0], ofProjection: shortcut)
    default: shortcut
    }
  }

  private func start(of node: Int, ofProjection projection: Int) -> Int {
    if case .convolution = nodes[projection].operation { return node }
    guard case .convolution = nodes[node].operation else { return projection }
    return nodes[node].inputs[0]
  }

  private func ancestors(of node: Int) -> Set<Int> {
    var found: Set<Int> = []
    var open = [node]
    while let next = open.popLast() {
      for input in nodes[next].inputs where found.insert(input).inserted { open.append(input) }
    }
    return found
  }
}
