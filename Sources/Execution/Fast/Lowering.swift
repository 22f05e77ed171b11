import Networks

/// A normalisation with what is computed in the same pass over memory:
/// `y = f(norm(x) [+ before]) [+ after]`.
struct NormGroup {
  /// Nil: only the function.
  var norm: Int?
  var function = ActivationFunction.identity
  var before: Int?
  var after: Int?
}

/// A convolution, in inference with what follows it: `y = f(norm(conv(x)) [+ before]) [+ after]`.
struct ConvolutionGroup {
  var norm: Int?
  var function = ActivationFunction.identity
  var before: Int?
  var after: Int?

  /// The value that is added.
  var addend: Int? { before ?? after }
}

/// A node of the graph, or several that one kernel computes.
struct LoweredStep {
  enum Kind {
    case convolution(ConvolutionGroup)
    case norm(NormGroup)
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
  private let live: [Bool]
  private let consumers: [[Int]]
  private var absorbed: Set<Int> = []

  init(_ graph: Graph, mode: Mode) {
    self.graph = graph
    self.mode = mode
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
      return mode == .inference
        ? foldedConvolution(at: index)
        : LoweredStep(
          kind: .convolution(ConvolutionGroup()), node: index, source: index, inputs: node.inputs)
    case .batchNorm:
      return normGroup(at: index)
    case .activation(let activation):
      return LoweredStep(
        kind: .norm(NormGroup(function: activation.function)), node: index, source: index,
        inputs: node.inputs)
    default:
      return LoweredStep(kind: .other, node: index, source: index, inputs: node.inputs)
    }
  }

  /// The only consumer of a node's output, if it has just one.
  private func onlyConsumer(_ index: Int) -> Int? {
    consumers[index].count == 1 ? consumers[index][0] : nil
  }

  private mutating func foldedConvolution(at index: Int) -> LoweredStep {
    var group = ConvolutionGroup()
    var last = index
    if let next = onlyConsumer(last), case .batchNorm = graph.nodes[next].operation {
      group.norm = next
      absorb(next, &last)
    }
    let rest = activationAndSum(after: &last)
    (group.function, group.before, group.after) = (rest.function, rest.before, rest.after)
    return LoweredStep(
      kind: .convolution(group), node: last, source: index,
      inputs: graph.nodes[index].inputs + [group.addend].compactMap { $0 })
  }

  private mutating func normGroup(at index: Int) -> LoweredStep {
    var group = NormGroup(norm: index)
    var last = index
    let rest = activationAndSum(after: &last)
    (group.function, group.before, group.after) = (rest.function, rest.before, rest.after)
    return LoweredStep(
      kind: .norm(group), node: last, source: index,
      inputs: [graph.nodes[index].inputs[0]] + [group.before, group.after].compactMap { $0 })
  }

  /// Absorbs a sum and an activation, or an activation and a sum, or one of them.
  private mutating func activationAndSum(after last: inout Int) -> (
    function: ActivationFunction, before: Int?, after: Int?
  ) {
    var (function, before, after) = (ActivationFunction.identity, Int?.none, Int?.none)
    if let (next, other) = addition(after: last), let activation = onlyConsumer(next),
      case .activation = graph.nodes[activation].operation
    {
      before = other
      absorb(next, &last)
    }
    if let next = onlyConsumer(last),
      case .activation(let activation) = graph.nodes[next].operation
    {
      function = activation.function
      absorb(next, &last)
    }
    if before == nil, let (next, other) = addition(after: last) {
      after = other
      absorb(next, &last)
    }
    return (function, before, after)
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
