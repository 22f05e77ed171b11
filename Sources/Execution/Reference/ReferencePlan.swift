import Networks

/// A graph run by the reference kernels, node after node, each value and each gradient in memory of
/// its own.
///
/// Nodes whose result reaches no output do not run. A backward pass is allowed in inference mode
/// too; batch norms then count as the fixed scalings they are.
package final class ReferencePlan<Scalar: ReferenceScalar>: Plan {
  package let batch: Int
  package let inputShapes: [Shape]
  package let outputShapes: [Shape]
  package var arenaBytes: Int { memory.bytes }

  private let graph: Graph
  private let variables: Variables<Scalar>
  private let memory: ReferenceMemory<Scalar>
  private let gradientInputs: Set<Int>
  private let inputNodes: [Int]
  private let outputNodes: [Int]
  /// Of nodes that reach an output; nil for the others.
  private let values: [ReferenceTensor<Scalar>?]
  /// Of nodes whose gradient is wanted; nil for the others.
  private let gradients: [ReferenceTensor<Scalar>?]
  /// The caller's side of the outputs' gradients: what a backward pass starts from.
  private let outputGradients: [ReferenceTensor<Scalar>]
  private var steps: [Step]
  /// Of the parameters that this plan's nodes have; others may be another plan's.
  private let ownGradients: [UnsafeMutableBufferPointer<Scalar>]
  private var bound: [UnsafePointer<Scalar>?]

  private struct Step {
    let kernel: any ReferenceKernel
    var context: ReferenceContext<Scalar>
  }

  /// - Parameters:
  ///   - inputs: of one sample each, in the order of ``Graph/inputs``.
  ///   - gradientInputs: positions in ``Graph/inputs`` whose gradients are wanted.
  package init(
    graph: Graph, inputs: [Shape], batch: Int, mode: Mode, variables: Variables<Scalar>,
    gradientInputs: Set<Int> = []
  ) {
    let shapes = graph.shapes(inputs: inputs)
    let (inputNodes, outputNodes) = (graph.inputs, graph.outputs)
    let runs = graph.reachesOutput
    let flagged = Set(gradientInputs.map { inputNodes[$0] })
    let wanted = Self.wantedGradients(graph, runs: runs, flagged: flagged)
    let scratchCount =
      graph.nodes.indices.filter { runs[$0] }.map { node in
        graph.nodes[node].operation.referenceKernel.scratchCount(
          inputs: graph.nodes[node].inputs.map { shapes[$0] }, output: shapes[node])
      }.max() ?? 0
    let counts = shapes.map { batch * $0.count }
    let memory = ReferenceMemory<Scalar>(
      pieces: counts.indices.filter { runs[$0] }.map { counts[$0] }
        + counts.indices.filter { wanted[$0] }.map { counts[$0] }
        + outputNodes.map { counts[$0] } + [scratchCount])

    func tensor(_ node: Int, _ pointer: UnsafeMutablePointer<Scalar>) -> ReferenceTensor<Scalar> {
      ReferenceTensor(shape: shapes[node], batch: batch, pointer: pointer)
    }
    values = counts.indices.map { runs[$0] ? tensor($0, memory.take(counts[$0])) : nil }
    gradients = counts.indices.map { wanted[$0] ? tensor($0, memory.take(counts[$0])) : nil }
    outputGradients = outputNodes.map { tensor($0, memory.takeZeros(counts[$0])) }
    let scratch = memory.take(scratchCount)

    self.graph = graph
    self.batch = batch
    self.variables = variables
    self.memory = memory
    self.gradientInputs = gradientInputs
    self.inputNodes = inputNodes
    self.outputNodes = outputNodes
    inputShapes = inputs
    outputShapes = outputNodes.map { shapes[$0] }
    let used = Set(graph.nodes.indices.filter { runs[$0] }.flatMap { graph.nodes[$0].parameters })
    ownGradients = used.sorted().map { variables.gradients[$0] }
    bound = Array(repeating: nil, count: inputNodes.count)
    steps = []
    for (index, node) in graph.nodes.enumerated() where runs[index] {
      steps.append(
        Step(
          kernel: node.operation.referenceKernel,
          context: ReferenceContext(
            inputs: node.inputs.map { values[$0]! }, output: values[index]!,
            parameters: node.parameters.map { variables.parameters[$0] },
            buffers: node.buffers.map { variables.buffers[$0] }, mode: mode,
            arguments: RunArguments(), outputGradient: gradients[index],
            inputGradients: node.inputs.map { gradients[$0] },
            parameterGradients: node.parameters.map { variables.gradients[$0] },
            scratch: scratch, name: node.name)))
    }
  }

  /// A gradient is wanted where it leads to a parameter or to a flagged input.
  private static func wantedGradients(_ graph: Graph, runs: [Bool], flagged: Set<Int>) -> [Bool] {
    var wanted: [Bool] = []
    for (index, node) in graph.nodes.enumerated() {
      let leads =
        !node.parameters.isEmpty || flagged.contains(index) || node.inputs.contains { wanted[$0] }
      wanted.append(runs[index] && leads)
    }
    return wanted
  }

  package func bind(input: Int, to pointer: UnsafePointer<Scalar>) { bound[input] = pointer }

  package func forward(_ arguments: RunArguments) {
    for (index, node) in inputNodes.enumerated() {
      guard let value = values[node] else { continue }
      guard let pointer = bound[index] else {
        preconditionFailure("input \(graph.nodes[node].name) is not bound")
      }
      value.pointer.update(from: pointer, count: value.count)
    }
    for index in steps.indices {
      steps[index].context.arguments = arguments
      steps[index].kernel.forward(steps[index].context)
    }
  }

  package func output(_ index: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(values[outputNodes[index]]!.pointer)
  }

  package func outputGradient(_ index: Int) -> UnsafeMutablePointer<Scalar> {
    outputGradients[index].pointer
  }

  package func backward(_ arguments: RunArguments) {
    if !arguments.accumulatesGradients {
      for tensor in ownGradients { tensor.update(repeating: 0) }
    }
    for case let gradient? in gradients {
      gradient.pointer.update(repeating: 0, count: gradient.count)
    }
    for (node, source) in zip(outputNodes, outputGradients) {
      gradients[node]?.pointer.update(from: source.pointer, count: source.count)
    }
    for index in steps.indices.reversed() where steps[index].context.outputGradient != nil {
      steps[index].context.arguments = arguments
      steps[index].kernel.backward(steps[index].context)
    }
  }

  package func firstNonFinite(_ arguments: RunArguments) -> NonFiniteValue? {
    forward(arguments)
    for (index, value) in values.enumerated() where value?.isFinite == false {
      return NonFiniteValue(node: graph.nodes[index].name, pass: .forward)
    }
    backward(arguments)
    for (index, gradient) in gradients.enumerated().reversed() where gradient?.isFinite == false {
      return NonFiniteValue(node: graph.nodes[index].name, pass: .backward)
    }
    return nil
  }

  package func inputGradient(_ index: Int) -> UnsafePointer<Scalar>? {
    guard gradientInputs.contains(index) else { return nil }
    return gradients[inputNodes[index]].map { UnsafePointer($0.pointer) }
  }

  package func reloadVariables() {}

  /// A node's result, `[N, C, H, W]`; nil for nodes that do not run.
  package func value(ofNode index: Int) -> UnsafeBufferPointer<Scalar>? {
    values[index].map { UnsafeBufferPointer(start: $0.pointer, count: $0.count) }
  }

  /// The gradient of a node's result after a backward pass; nil where none is wanted.
  package func gradient(ofNode index: Int) -> UnsafeBufferPointer<Scalar>? {
    gradients[index].map { UnsafeBufferPointer(start: $0.pointer, count: $0.count) }
  }
}
