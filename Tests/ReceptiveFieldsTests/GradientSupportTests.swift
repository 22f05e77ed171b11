import Execution
import Networks
import RandomNumbers
import ReceptiveFields
import Testing

/// The support against gradients: with positive weights, linear activations, mean poolings, norms in
/// inference form and detached gates, a pixel is seen exactly if its gradient is not zero.
@Suite(.serialized) struct GradientSupportTests {
  @Test func supportIsTheHullOfWhatHasAGradient() throws {
    for index in 0..<300 {
      let network = RandomNetwork(seed: 47, index: index)
      let analysis = FieldAnalysis(network.graph, inputs: [network.picture])
      let gradients = PictureGradients(network)
      for (output, node) in network.graph.outputs.enumerated() {
        let shape = analysis.shapes[node]
        var generator = KeyedGenerator(seed: 47, purpose: "cells", index, output)
        let cells = [
          (0, 0), (shape.height - 1, shape.width - 1),
          (generator.index(below: shape.height), generator.index(below: shape.width)),
        ]
        for (row, column) in cells {
          try #require(
            analysis.support(of: node, row: row, column: column)
              == gradients.hull(output: output, row: row, column: column),
            "network \(index), output \(output) at (\(row), \(column))")
        }
      }
    }
  }
}

private struct PictureGradients {
  let network: RandomNetwork
  let plan: ReferencePlan<Double>
  /// The picture, then the gate; borrowed by the plan.
  private let pixels: [Double]
  private let gate: [Double] = [0.5]

  init(_ network: RandomNetwork) {
    self.network = network
    let variables = Variables<Double>(network.detached)
    for index in variables.parameters.specifications.indices {
      var generator = KeyedGenerator(seed: 5, purpose: "weights", index)
      let values = variables.parameters[index]
      for element in values.indices { values[element] = generator.uniform(0.5, 1.5) }
    }
    pixels = [Double](repeating: 1, count: network.picture.count)
    plan = ReferencePlan(
      graph: network.detached,
      inputs: [network.picture, Shape(channels: 1, height: 1, width: 1)], batch: 1,
      mode: .inference, variables: variables, gradientInputs: [0])
  }

  /// The hull of the pixels on which one cell of an output depends.
  func hull(output: Int, row: Int, column: Int) -> PixelRectangle? {
    let shape = plan.outputShapes[output]
    let gradient = Engine.shared.run {
      pixels.withUnsafeBufferPointer { pixels in
        gate.withUnsafeBufferPointer { gate in
          plan.bind(input: 0, to: pixels.baseAddress!)
          plan.bind(input: 1, to: gate.baseAddress!)
          for other in plan.outputShapes.indices {
            plan.outputGradient(other).update(
              repeating: 0, count: plan.outputShapes[other].count)
          }
          plan.outputGradient(output)[row * shape.width + column] = 1
          plan.forward(RunArguments())
          plan.backward(RunArguments())
          return Array(
            UnsafeBufferPointer(start: plan.inputGradient(0), count: network.picture.count))
        }
      }
    }
    return Self.hull(gradient, width: network.picture.width)
  }

  /// A bilinear weight that should be zero may be a rounding error's: 1e-13 of the largest is zero.
  private static func hull(_ gradient: [Double], width: Int) -> PixelRectangle? {
    let threshold = 1e-13 * (gradient.max() ?? 0)
    let seen = gradient.indices.filter { gradient[$0] > threshold }
    guard let first = seen.first, let last = seen.last else { return nil }
    let columns = seen.map { $0 % width }
    return PixelRectangle(
      rows: first / width..<last / width + 1, columns: columns.min()!..<columns.max()! + 1)
  }
}
