import Execution
import Networks
import TestSupport
import Testing

/// Makes the plan under test: graph, input shapes, batch, mode, variables, flagged inputs.
typealias Compiler =
  @Sendable (Graph, [Shape], Int, Mode, Variables<Float>, Set<Int>) throws
  -> any Plan<Float>

/// The error of one tensor of a Float plan against the Double reference.
struct TensorError: CustomStringConvertible {
  let name: String
  let error: Double

  var description: String { "\(name): \(error)" }
}

/// Runs a Float plan and the Double reference forward and backward on the same variables, inputs
/// and output gradients, and expects all results to agree to `tolerance`.
func compare(
  graph: Graph, inputs: [Shape], batch: Int, mode: Mode, tolerance: Double, seed: UInt64 = 0,
  rounds: Bool = false, compile: Compiler, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let failed = try tensorErrors(
    graph: graph, inputs: inputs, batch: batch, mode: mode, seed: seed, rounds: rounds,
    compile: compile
  ).filter { !($0.error <= tolerance) }
  #expect(failed.isEmpty, "\(failed)", sourceLocation: sourceLocation)
}

/// The error of each output, running statistic, input gradient and parameter gradient of a Float
/// plan.
///
/// Errors are those of ``relativeError(_:_:)``. A gradient whose norm is far below the others'
/// (exactly zero for a bias before a batch norm, say) is held against a thousandth of the largest.
///
/// - Parameters:
///   - inputs: of one sample each.
///   - rounds: whether inputs and output gradients are numbers that bf16 holds exactly, so that
///     equal ones are equal, and a maximum the same, on both sides.
///   - compile: makes the Float plan.
func tensorErrors(
  graph: Graph, inputs: [Shape], batch: Int, mode: Mode, seed: UInt64 = 0, rounds: Bool = false,
  compile: Compiler
) throws -> [TensorError] {
  let (exact, single) = (Variables<Double>(graph), Variables<Float>(graph))
  // Through Float, so that both hold the same numbers.
  single.fillFromCounters()
  exact.parameters.fill { single.parameters[$0.name]!.map { Double($0) } }
  exact.buffers.fill { single.buffers[$0.name]!.map { Double($0) } }
  let flagged = featureInputs(of: graph)
  let reference = ReferencePlan(
    graph: graph, inputs: inputs, batch: batch, mode: mode, variables: exact,
    gradientInputs: flagged)
  let plan = try compile(graph, inputs, batch, mode, single, flagged)
  func draw(_ shapes: [Shape], _ purpose: String) -> [[Double]] {
    shapes.enumerated().map { index, shape in
      let values: [Float] = randomValues(
        batch * shape.count, seed: seed, purpose: "\(purpose) \(index)")
      return values.map { Double(rounds ? Float(bitPattern: $0.bitPattern & 0xffff_0000) : $0) }
    }
  }
  let (data, gradients) = (draw(inputs, "input"), draw(reference.outputShapes, "gradient"))
  // Inference plans need not have a backward pass.
  let incoming = mode == .training ? gradients : nil
  let expected = runStep(
    reference, variables: exact, inputs: data, outputGradients: incoming)
  let actual = runStep(plan, variables: single, inputs: data, outputGradients: incoming)
  return differences(graph, actual, expected)
}

/// Inputs of which more than the size is used: only those have a gradient.
private func featureInputs(of graph: Graph) -> Set<Int> {
  var flagged: Set<Int> = []
  for (position, input) in graph.inputs.enumerated() {
    for node in graph.nodes {
      for (place, source) in node.inputs.enumerated() where source == input {
        if node.operation.rules.receptiveStep(input: place) != .size { flagged.insert(position) }
      }
    }
  }
  return flagged
}

private func differences(_ graph: Graph, _ actual: StepResult, _ expected: StepResult)
  -> [TensorError]
{
  var errors: [TensorError] = []
  func add(_ names: [String], _ actual: [[Double]], _ expected: [[Double]]) {
    let norms = expected.map { $0.map { $0 * $0 }.reduce(0, +).squareRoot() }
    let floor = 1e-3 * (norms.max() ?? 0)
    for (index, name) in names.enumerated() {
      let error = relativeError(actual[index], expected[index])
      let scale = norms[index] < floor ? max(norms[index], .leastNormalMagnitude) / floor : 1
      errors.append(
        TensorError(name: name, error: norms[index] == 0 ? error / max(floor, 1) : error * scale))
    }
  }
  add(graph.outputs.map { graph.nodes[$0].name }, actual.outputs, expected.outputs)
  add(graph.buffers.map(\.name), actual.buffers, expected.buffers)
  guard !expected.parameterGradients.isEmpty || !expected.inputGradients.isEmpty else {
    return errors
  }
  add(
    graph.inputs.map { "∂ " + graph.nodes[$0].name },
    actual.inputGradients.map { $0 ?? [] }, expected.inputGradients.map { $0 ?? [] })
  add(
    graph.parameters.map { "∂ " + $0.name }, actual.parameterGradients,
    expected.parameterGradients)
  return errors
}

@Suite(.serialized) struct ReferenceComparisonTests {
  static let reference: Compiler = { graph, inputs, batch, mode, variables, flagged in
    try Execution.compile(
      graph, inputs: inputs, batch: batch, mode: mode, device: .reference, variables: variables,
      gradientInputs: flagged)
  }
  static let fast: Compiler = { graph, inputs, batch, mode, variables, flagged in
    try Execution.compile(
      graph, inputs: inputs, batch: batch, mode: mode, device: .cpu, variables: variables,
      gradientInputs: flagged)
  }

  static let brain: Compiler = { graph, inputs, batch, mode, variables, flagged in
    try Execution.compile(
      graph, inputs: inputs, batch: batch, mode: mode, precision: .bf16, variables: variables,
      gradientInputs: flagged)
  }

  /// bf16 has 8 significant bits: each number is off by up to 0.4 %. Errors of operators behind each
  /// other add up like random steps.
  @Test(
    .enabled(if: Precision.isBFloat16Supported, "this processor has no AVX-512 BF16"),
    arguments: ReferenceGradientTests.cases, [Mode.training, .inference])
  func bf16FollowsReferenceOnEveryOperator(of network: ReferenceGradientTests.Case, mode: Mode)
    throws
  {
    let terminals = network.graph.inputs.count + network.graph.outputs.count
    let depth = Double(max(1, network.graph.nodes.count - terminals))
    for batch in [1, 2] where batch == 2 || mode == .inference {
      try compare(
        graph: network.graph, inputs: network.inputs, batch: batch, mode: mode,
        tolerance: 1e-2 * depth.squareRoot(),
        rounds: true, compile: Self.brain)
    }
  }

  @Test(arguments: 0..<12, [Mode.training, .inference])
  func floatFollowsDoubleOnRandomNetworks(seed: Int, mode: Mode) throws {
    let network = RandomNetwork(seed: UInt64(seed))
    try compare(
      graph: network.graph, inputs: [network.input], batch: 1 + seed % 2, mode: mode,
      tolerance: 2e-4, compile: Self.reference)
  }

  @Test(arguments: ReferenceGradientTests.cases, [Mode.training, .inference])
  func fastFollowsReferenceOnEveryOperator(of network: ReferenceGradientTests.Case, mode: Mode)
    throws
  {
    for batch in [1, 2] where batch == 2 || mode == .inference {
      try compare(
        graph: network.graph, inputs: network.inputs, batch: batch, mode: mode, tolerance: 2e-5,
        compile: Self.fast)
    }
  }

  /// Channels in multiples of 4, 8 and 6: blocked layouts with and without a remainder.
  @Test(arguments: 0..<24, [Mode.training, .inference])
  func fastFollowsReferenceOnRandomNetworks(seed: Int, mode: Mode) throws {
    let network = RandomNetwork(seed: UInt64(seed), channelStep: [4, 8, 6][seed % 3])
    try compare(
      graph: network.graph, inputs: [network.input], batch: 1 + seed % 2, mode: mode,
      tolerance: 2e-4, compile: Self.fast)
  }

  /// A plan whose variables are a little off is found out.
  @Test func comparisonSeesASmallFault() throws {
    let network = RandomNetwork(seed: 1)
    let faulty: Compiler = { graph, inputs, batch, mode, variables, flagged in
      variables.parameters[0][0] += 0.01
      return try Self.reference(graph, inputs, batch, mode, variables, flagged)
    }
    let errors = try tensorErrors(
      graph: network.graph, inputs: [network.input], batch: 1, mode: .training, compile: faulty)
    #expect(errors.contains { $0.error > 1e-3 })
  }
}
