import Execution
import Foundation
import Networks
import TestSupport
import Testing

/// What `benchmarks/golden/gradients.py` found: a network's gradients in float64, and how far
/// PyTorch's in bf16 are from them.
struct GradientGolden: Decodable, Sendable {
  struct Parameter: Sendable {
    let name: String
    /// Of its gradient.
    let norm: Double
    let bf16Error: Double
    let digest: Digest
  }

  let batch: Int
  let inputs: [GoldenInput]
  /// Of all gradients together.
  let bf16Error: Double
  /// In the order of ``Graph/parameters``.
  let parameters: [Parameter]

  init(of network: NetworkGradientTests.Network) throws {
    let file = packageRoot()
      .appendingPathComponent("Tests/ExecutionTests/golden/gradients-\(network.rawValue).json")
    self = try JSONDecoder().decode(GradientGolden.self, from: Data(contentsOf: file))
    let names = try network.graph.parameters.map(\.name)
    try #require(parameters.map(\.name) == names)
  }

  /// Whether a parameter's gradient is at least `share` of the largest one.
  func counts(_ parameter: Parameter, from share: Double) -> Bool {
    parameter.norm >= share * parameters.map(\.norm).max()!
  }

  /// The Double reference's gradients.
  func exactGradients(of graph: Graph) -> [[Double]] {
    let variables = Variables<Double>(graph, seed: nil)
    let plan = ReferencePlan(
      graph: graph, inputs: inputShapes, batch: batch, mode: .training, variables: variables)
    return gradients(of: graph, plan, variables)
  }

  /// The fast plan's gradients.
  func gradients(of graph: Graph, in precision: Precision) throws -> [[Double]] {
    let variables = Variables<Float>(graph, seed: nil)
    let plan = try compile(
      graph, inputs: inputShapes, batch: batch, mode: .training, precision: precision,
      variables: variables)
    return gradients(of: graph, plan, variables)
  }

  private var inputShapes: [Shape] { inputs.map(\.inputShape) }

  private func gradients<Scalar: BinaryFloatingPoint & Sendable>(
    of graph: Graph, _ plan: any Plan<Scalar>, _ variables: Variables<Scalar>
  ) -> [[Double]] {
    let normBiases = Set(graph.nodes.compactMap(\.normBias).map { graph.parameters[$0].name })
    variables.parameters.fill { specification in
      let raise: Double = normBiases.contains(specification.name) ? 1 : 0
      // To what f32 holds, so that every precision starts from the same numbers.
      return counterTensor(name: specification.name, shape: specification.shape)
        .map { Double(Float($0 + raise)) }
    }
    let outputs = zip(graph.outputs.map { graph.nodes[$0].name }, plan.outputShapes)
    let step = runStep(
      plan, variables: variables,
      inputs: inputs.map { $0.values(batch: batch) },
      outputGradients: outputs.map { name, shape in
        counterValues(name: "gradient of " + name, count: batch * shape.count)
      })
    return step.parameterGradients
  }
}

extension Graph.Node {
  /// The place of a batch norm's bias in ``Graph/parameters``.
  fileprivate var normBias: Int? {
    if case .batchNorm = operation { parameters[1] } else { nil }
  }
}

extension GradientGolden.Parameter: Decodable {
  private enum Key: CodingKey { case name, norm, bf16Error }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = try container.decode(String.self, forKey: .name)
    norm = try container.decode(Double.self, forKey: .norm)
    bf16Error = try container.decode(Double.self, forKey: .bf16Error)
    digest = try Digest(from: decoder)
  }
}
