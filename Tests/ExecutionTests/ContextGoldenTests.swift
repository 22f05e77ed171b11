import Detectors
import Execution
import Foundation
import Networks
import TestSupport
import Testing

/// Context blocks and the bidirectional pyramid in the Double reference against torchvision's ASPP and
/// the papers' structures in PyTorch, in float64 (`benchmarks/golden/contexts.py`): outputs and all
/// gradients in training form.
@Suite(.serialized) struct ContextGoldenTests {
  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let batch: Int
    let inputShapes: [[Int]]
    let outputs: [Digest]
    let inputGradients: [Digest]
    let gradients: [String: Digest]

    var testDescription: String { name }

    var inputs: [Shape] {
      inputShapes.map { Shape(channels: $0[0], height: $0[1], width: $0[2]) }
    }
  }

  private static let cases: [Case] = {
    let file = packageRoot().appendingPathComponent("Tests/ExecutionTests/golden/contexts.json")
    return try! JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
  }()

  @Test(arguments: cases) func agreesWithPyTorch(on golden: Case) throws {
    let graph = try Self.graph(golden)
    let variables = Variables<Double>(graph)
    variables.fillFromCounters()
    let plan = ReferencePlan(
      graph: graph, inputs: golden.inputs, batch: golden.batch, mode: .training,
      variables: variables, gradientInputs: Set(golden.inputs.indices))
    let step = runStep(
      plan as any Plan<Double>, variables: variables,
      inputs: golden.inputs.enumerated().map { index, shape in
        counterValues(name: "input \(index)", count: golden.batch * shape.count).map { 4 * $0 }
      },
      outputGradients: plan.outputShapes.enumerated().map { index, shape in
        counterValues(name: "gradient \(index)", count: golden.batch * shape.count)
      })
    #expect(step.outputs.count == golden.outputs.count)
    for (digest, values) in zip(golden.outputs, step.outputs) {
      #expect(digest.error(of: values) < 1e-9)
    }
    for (index, digest) in golden.inputGradients.enumerated() {
      #expect(digest.error(of: try #require(step.inputGradients[index])) < 1e-9, "input \(index)")
    }
    #expect(Set(graph.parameters.map(\.name)) == Set(golden.gradients.keys))
    let largest = step.parameterGradients.joined().map(abs).max()!
    for (parameter, gradient) in zip(graph.parameters, step.parameterGradients) {
      let digest = try #require(golden.gradients[parameter.name])
      // A bias that a norm behind takes out again has rounding errors for a gradient.
      if digest.isRounding(gradient, beside: largest) { continue }
      #expect(digest.error(of: gradient) < 1e-9, "\(parameter.name)")
    }
  }

  private static func graph(_ golden: Case) throws -> Graph {
    let inputs = golden.inputs.enumerated().map { ("input\($0.offset)", $0.element.channels) }
    let layer = try #require(layers[golden.name])
    return Graph.trace(inputs: inputs) { inputs in
      let results = inputs[0].scoped("block") { _ in layer(inputs) }
      for (index, result) in results.enumerated() { result.output("result\(index)") }
    }
  }

  private static var layers: [String: ([Value]) -> [Value]] {
    [
      "spp": { [SpatialPyramidPooling(channels: 8)($0[0])] },
      "spp-3-7": { [SpatialPyramidPooling(channels: 10, kernels: [3, 7])($0[0])] },
      "sppf": { [SpatialPyramidPoolingFast(channels: 8)($0[0])] },
      "aspp": { [AtrousSpatialPyramidPooling(channels: 6, dilations: [1, 2, 3])($0[0])] },
      "aspp-6-12-18": { [AtrousSpatialPyramidPooling(channels: 6)($0[0])] },
      "rfb": { [ReceptiveFieldBlock(channels: 24)($0[0])] },
      "rfb-4": { [ReceptiveFieldBlock(channels: 24, reduction: 4)($0[0])] },
      "bifpn": { features in
        var neck = BidirectionalPyramid()
        (neck.channels, neck.depth) = (8, 2)
        return neck(features, extraLevels: 1)
      },
    ]
  }
}
