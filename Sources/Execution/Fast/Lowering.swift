import Networks

/// What one kernel computes in one pass over memory: `y = f(norm(x) [+ before]) [+ after]`, with at
/// most one of the two summands.
struct Fusion {
  var norm: Int?
  /// In inference: what is summed into the convolution's weights besides it and its norm.
  var others: [LinearBranch] = []
  var function = ActivationFunction.identity
  /// The function's node, where it learns something.
  var learning: Int?
  var before: Int?
  var after: Int?

  /// The value that is added.
  var addend: Int? { before ?? after }
}

/// A node of the graph, or several that one kernel computes.
struct LoweredStep {
  enum Kind {
    /// `x` is the convolution's result; anything is fused with it in inference only.
    case convolution(Fusion)
    /// Without a norm only the function.
    case norm(Fusion)
    case other
  }

  var kind: Kind
  /// The node whose value it produces; the last of those fused.
  var node: Int
  /// The first of those fused, whose parameters and inputs are meant.
  var source: Int
  /// Nodes whose values it takes.
  var inputs: [Int]
}

/// Groups nodes that one kernel computes, in an order in which each follows its inputs.
struct Lowering {
  let graph: Graph
  let mode: Mode
  /// Whether inference sums norms and parallel branches into the convolutions' weights.
  let folds: Bool
  private let live: [Bool]
  private let consumers: [[Int]]
  private var absorbed: Set<Int> = []

  init(_ graph: Graph, mode: Mode, folds: Bool) {
    self.graph = graph
    self.mode = mode
    self.folds = folds
    let live = graph.reachesOutput
    self.live = live
    consumers = graph.consumers.map { $0.filter { live[$0] } }
  }

  mutating func steps() -> [LoweredStep] {
    var steps: [LoweredStep] = []
    for index in graph.nodes.indices where live[index] && !absorbed.contains(index) {
      steps.append(step(at: index))
    }
    return steps.sorted { $0.node < $1.node }
  }

  private mutating func step(at index: Int) -> LoweredStep {
    let node = graph.nodes[index]
    switch node.operation {
    case .convolution, .linear:
      return mode == .inference && folds
        ? foldedConvolution(at: index)
        : LoweredStep(
          kind: .convolution(Fusion()), node: index, source: index, inputs: node.inputs)
    case .batchNorm, .groupNorm:
      return normGroup(at: index)
    case .activation(let activation):
      var fusion = Fusion()
      take(activation, index, into: &fusion)
      return LoweredStep(kind: .norm(fusion), node: index, source: index, inputs: node.inputs)
    default:
      return LoweredStep(kind: .other, node: index, source: index, inputs: node.inputs)
    }
  }

  /// The only consumer of a node's output, if it has just one.
  private func onlyConsumer(_ index: Int) -> Int? {
    consumers[index].count == 1 ? consumers[index][0] : nil
  }

  private mutating func foldedConvolution(at index: Int) -> LoweredStep {
    var fusion = Fusion()
    var last = index
    // Where another of the nodes came before, it has a step already.
    if let parallel = ParallelBranches(at: index, in: graph, onlyConsumer: onlyConsumer),
      parallel.nodes.min() == index
    {
      return folded(parallel)
    }
    if let next = onlyConsumer(last), case .batchNorm = graph.nodes[next].operation {
      fusion.norm = next
      absorb(next, &last)
    }
    absorbActivationAndSum(into: &fusion, &last, takesLearned: false)
    return LoweredStep(
      kind: .convolution(fusion), node: last, source: index,
      inputs: graph.nodes[index].inputs + [fusion.addend].compactMap { $0 })
  }

  /// One step for convolutions in parallel, under the largest one's name.
  private mutating func folded(_ parallel: ParallelBranches) -> LoweredStep {
    let main = parallel.branches[0]
    var fusion = Fusion(norm: main.norm, others: Array(parallel.branches.dropFirst()))
    absorbed.formUnion(parallel.nodes)
    var last = parallel.sum
    absorbActivationAndSum(into: &fusion, &last, takesLearned: false)
    return LoweredStep(
      kind: .convolution(fusion), node: last, source: main.convolution!,
      inputs: [parallel.input] + [fusion.addend].compactMap { $0 })
  }

  private mutating func normGroup(at index: Int) -> LoweredStep {
    var fusion = Fusion(norm: index)
    var last = index
    absorbActivationAndSum(into: &fusion, &last, takesLearned: true)
    return LoweredStep(
      kind: .norm(fusion), node: last, source: index,
      inputs: graph.nodes[index].inputs + [fusion.addend].compactMap { $0 })
  }

  /// A sum and an activation, or an activation and a sum, or one of them.
  ///
  /// - Parameter takesLearned: oneDNN's convolutions know functions without learned numbers only.
  private mutating func absorbActivationAndSum(
    into fusion: inout Fusion, _ last: inout Int, takesLearned: Bool
  ) {
    func activation(after index: Int) -> (node: Int, activation: Activation)? {
      guard let next = onlyConsumer(index),
        case .activation(let activation) = graph.nodes[next].operation,
        takesLearned || activation.function.firstLearned == nil
      else { return nil }
      return (next, activation)
    }
    if let (next, other) = addition(after: last), activation(after: next) != nil {
      fusion.before = other
      absorb(next, &last)
    }
    if let (next, activation) = activation(after: last) {
      take(activation, next, into: &fusion)
      absorb(next, &last)
    }
    if fusion.before == nil, let (next, other) = addition(after: last) {
      fusion.after = other
      absorb(next, &last)
    }
  }

  private func take(_ activation: Activation, _ node: Int, into fusion: inout Fusion) {
    fusion.function = activation.function
    fusion.learning = activation.function.firstLearned == nil ? nil : node
  }

  private mutating func absorb(_ next: Int, _ last: inout Int) {
    absorbed.insert(next)
    last = next
  }

  /// The addition that alone consumes a node, and its other operand, if that is no part of another
  /// group that would have to come later.
  private func addition(after index: Int) -> (node: Int, other: Int)? {
    guard let next = onlyConsumer(index), !absorbed.contains(next),
      case .addition = graph.nodes[next].operation
    else { return nil }
    let inputs = graph.nodes[next].inputs
    return (next, inputs[0] == index ? inputs[1] : inputs[0])
  }
}
