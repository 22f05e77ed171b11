import Execution
import Foundation
import Networks
import TestSupport
import Testing

/// Attention blocks in the Double reference against timm's in float64
/// (`benchmarks/golden/attention.py`): counts, output and all gradients in training form.
@Suite(.serialized) struct AttentionGoldenTests {
  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let batch: Int
    let inputShape: [Int]
    let parameters: Int
    let multiplyAdds: Int
    let output: Digest
    let inputGradient: Digest
    let gradients: [String: Digest]

    var testDescription: String { name }

    var input: Shape {
      Shape(channels: inputShape[0], height: inputShape[1], width: inputShape[2])
    }
  }

  private static let cases: [Case] = {
    let file = packageRoot().appendingPathComponent("Tests/ExecutionTests/golden/attention.json")
    return try! JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
  }()

  @Test(arguments: cases) func agreesWithTimm(on golden: Case) {
    let graph = Self.graph(golden)
    let description = graph.description(inputs: [golden.input])
    #expect(description.parameters == golden.parameters)
    #expect(description.multiplyAdds == golden.multiplyAdds)
    let variables = Variables<Double>(graph)
    variables.fillFromCounters()
    let plan = ReferencePlan(
      graph: graph, inputs: [golden.input], batch: golden.batch, mode: .training,
      variables: variables, gradientInputs: [0])
    let count = golden.batch * golden.input.count
    let step = runStep(
      plan as any Plan<Double>, variables: variables,
      inputs: [counterValues(name: "input", count: count).map { 4 * $0 }],
      outputGradients: [counterValues(name: "gradient", count: count)])
    #expect(golden.output.error(of: step.outputs[0]) < 1e-9)
    #expect(golden.inputGradient.error(of: step.inputGradients[0]!) < 1e-9)
    #expect(Set(graph.parameters.map(\.name)) == Set(golden.gradients.keys))
    for (parameter, gradient) in zip(graph.parameters, step.parameterGradients) {
      let error = golden.gradients[parameter.name]?.error(of: gradient) ?? .infinity
      #expect(error < 1e-9, "\(parameter.name)")
    }
  }

  private static func graph(_ golden: Case) -> Graph {
    Graph.trace(channels: golden.input.channels) { image in
      let block = image.scoped("block") { x in
        switch golden.name {
        case "squeeze-excitation": SqueezeExcitation(reduction: 4)(x)
        case "selective-kernel": SelectiveKernel(minimumHidden: 8)(x)
        case "selective-kernel-3-groups": SelectiveKernel(branches: 3, groups: 4)(x)
        case "cbam": ConvolutionalBlockAttention(reduction: 8)(x)
        case "cbam-3": ConvolutionalBlockAttention(reduction: 4, kernel: 3)(x)
        case "eca-16", "eca-512": EfficientChannelAttention()(x)
        case "self-attention": SelfAttention(positions: 5)(x)
        default: SelfAttention(heads: 1, reduction: 1, positions: 4)(x)
        }
      }
      block.output("result")
    }
  }
}
