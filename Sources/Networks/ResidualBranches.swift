/// What a sum adds to its shortcut.
public struct ResidualBranch: Sendable {
  /// Nodes of the norms at whose scale 0 all of it is 0.
  public var norms: [Int]
  /// The node of a function behind them that is not 0 at 0, or passes no gradient there.
  public var barrier: Int?
}

extension Graph {
  /// The branches of residual sums that end in norms; behind those may stand functions, gates, dropouts
  /// and an attention.
  ///
  /// A branch is the second term of a sum whose first, or what its projection takes, is what the
  /// branch begins with. Where norms start at a scale of their own, as in ``SelfAttention`` and
  /// ``ReceptiveFieldBlock``, the branch is none of these.
  public var residualBranches: [ResidualBranch] {
    endings.filter { $0.norms.allSatisfy { !isFrozen($0) && !hasScaleOfItsOwn($0) } }
  }

  /// Whether residual branches end in frozen norms, which have no scale to begin with.
  public var hasFrozenResidualNorms: Bool {
    endings.contains { $0.norms.contains(where: isFrozen) }
  }

  private var endings: [ResidualBranch] {
    nodes.indices.compactMap { index in
      guard case .addition = nodes[index].operation, isResidual(index) else { return nil }
      return ending(in: nodes[index].inputs[1])
    }
  }

  /// The network with scale 0 at first in the last norms of each residual branch, so that every block
  /// starts as what its shortcut is.
  ///
  /// Goyal et al.: *Accurate, Large Minibatch SGD*, 2017, §5.1.
  public func zeroingResidualBranches() -> Graph {
    var parameters = parameters
    for norm in residualBranches.flatMap(\.norms) {
      parameters[nodes[norm].parameters[0]].initializer = .constant(0)
    }
    return Graph(nodes: nodes, parameters: parameters, buffers: buffers)
  }

  private func ending(in node: Int) -> ResidualBranch? {
    let inputs = nodes[node].inputs
    switch nodes[node].operation {
    case .batchNorm, .groupNorm:
      return ResidualBranch(norms: [node])
    case .activation(let activation):
      var branch = ending(in: inputs[0])
      if !activation.function.passesZero { branch?.barrier = node }
      return branch
    case .gating, .dropout, .branchSum:
      return ending(in: inputs[0])
    // Self-attention's: of nothing it gathers nothing.
    case .addition where isResidual(node):
      return ending(in: inputs[0])
    case .concatenation:
      let parts = inputs.compactMap { ending(in: $0) }
      guard parts.count == inputs.count else { return nil }
      return ResidualBranch(
        norms: parts.flatMap(\.norms), barrier: parts.lazy.compactMap(\.barrier).first)
    default: return nil
    }
  }

  private func isFrozen(_ norm: Int) -> Bool { nodes[norm].parameters.isEmpty }

  private func hasScaleOfItsOwn(_ norm: Int) -> Bool {
    switch nodes[norm].operation {
    case .batchNorm(let norm): norm.initialScale != 1
    case .groupNorm(let norm): norm.initialScale != 1
    default: false
    }
  }

  /// A pyramid's sum is none: there one term comes from the other's start, but by a coarser level.
  private func isResidual(_ sum: Int) -> Bool {
    let start = start(of: nodes[sum].inputs[0])
    let branch = ancestors(of: nodes[sum].inputs[1])
    guard branch.contains(start) else { return false }
    return !branch.union([nodes[sum].inputs[1]]).subtracting(ancestors(of: start)).contains {
      switch nodes[$0].operation {
      case .resize, .transposedConvolution: true
      default: false
      }
    }
  }

  /// A shortcut itself, or what goes into its projection: a 1×1 convolution with or without a norm.
  private func start(of shortcut: Int) -> Int {
    switch nodes[shortcut].operation {
    case .batchNorm, .groupNorm: inputOfProjection(nodes[shortcut].inputs[0]) ?? shortcut
    default: inputOfProjection(shortcut) ?? shortcut
    }
  }

  private func inputOfProjection(_ node: Int) -> Int? {
    guard case .convolution(let convolution) = nodes[node].operation,
      convolution.window.kernel.area == 1
    else { return nil }
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

extension Graph {
  /// Indices of the parameters that get no gradient while the last norms of residual branches have scale
  /// 0: all that reach the outputs through such norms alone, and what works on the zeros behind them.
  public var parametersBehindZeroScales: Set<Int> {
    let zeros = Set(
      residualBranches.flatMap(\.norms).filter {
        parameters[nodes[$0].parameters[0]].initializer == .constant(0)
      })
    guard !zeros.isEmpty else { return [] }
    let isZero = zeroValues(behind: zeros)
    var reaches = nodes.map { if case .output = $0.operation { true } else { false } }
    var learning: Set<Int> = []
    for index in nodes.indices.reversed() where reaches[index] {
      learning.formUnion(learningParameters(index, isZero))
      guard !zeros.contains(index) else { continue }
      for input in gradientInputs(index, isZero) { reaches[input] = true }
    }
    return Set(parameters.indices).subtracting(learning)
  }

  /// Whether each node gives nothing but zeros, biases being 0 at first.
  private func zeroValues(behind zeros: Set<Int>) -> [Bool] {
    var isZero: [Bool] = []
    for (index, node) in nodes.enumerated() {
      let inputs = node.inputs.map { isZero[$0] }
      let gives =
        switch node.operation {
        case .batchNorm, .groupNorm:
          zeros.contains(index) || inputs[0] && !node.parameters.isEmpty
        case .convolution, .channelConvolution:
          inputs[0]
            && node.parameters.dropFirst().allSatisfy { parameters[$0].initializer == .constant(0) }
        case .activation(let activation): inputs[0] && activation.function.passesZero
        case .gating, .dropout, .branchSum, .pooling, .spatialMean, .spatialMaximum,
          .channelSummary:
          inputs[0]
        case .attention: inputs[2]
        case .addition, .concatenation: inputs.allSatisfy { $0 }
        default: false
        }
      isZero.append(gives)
    }
    return isZero
  }

  /// Those of a node's parameters that get a gradient where its output does.
  private func learningParameters(_ index: Int, _ isZero: [Bool]) -> ArraySlice<Int> {
    let node = nodes[index]
    switch node.operation {
    case .attention where isZero[node.inputs[2]]: return []
    // A weight's gradient is a product with what it weighs; a bias's is not.
    default:
      let isIdle = node.inputs.first.map { isZero[$0] } ?? false
      return isIdle ? node.parameters.dropFirst() : node.parameters[...]
    }
  }

  /// The inputs that a node passes gradients to.
  private func gradientInputs(_ index: Int, _ isZero: [Bool]) -> ArraySlice<Int> {
    let inputs = nodes[index].inputs
    return switch nodes[index].operation {
    case .gating where isZero[inputs[0]]: inputs.prefix(1)
    case .attention where isZero[inputs[2]]: inputs.suffix(1)
    default: inputs[...]
    }
  }
}
