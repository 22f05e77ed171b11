import Detectors
import Execution
import Networks
import TestSupport
import Testing

@Suite(.serialized) struct RecomputationTests {
  struct Case: CustomStringConvertible {
    let description: String
    let graph: Graph

    static let all =
      [Preset.nano, .tinyRetina].map {
        Case(description: $0.rawValue, graph: try! $0.settings.graph(classCount: 3))
      }
      + Classifier.allCases.map { Case(description: $0.rawValue, graph: $0.graph(classCount: 3)) }
  }

  /// What the backward pass computes again is what the forward pass had.
  @Test(arguments: Case.all, Precision.allCases)
  func gradientsStayAndMemoryShrinks(network: Case, precision: Precision) throws {
    guard precision == .f32 || Precision.isBFloat16Supported else { return }
    let stored = try step(network.graph, precision, recomputes: false)
    let recomputed = try step(network.graph, precision, recomputes: true)
    #expect(stored.gradients == recomputed.gradients)
    #expect(Set(stored.gradients).count > stored.gradients.count / 2)
    #expect(Double(recomputed.arenaBytes) < 0.7 * Double(stored.arenaBytes))
  }

  /// All gradients' bits after a step from ones on random pixels, and the plan's memory.
  private func step(_ graph: Graph, _ precision: Precision, recomputes: Bool) throws -> (
    gradients: [UInt32], arenaBytes: Int
  ) {
    let input = Shape(channels: 3, height: 160, width: 160)
    let variables = Variables<Float>(graph)
    let plan = try compile(
      graph, inputs: [input], batch: 2, mode: .training, precision: precision,
      recomputes: recomputes, variables: variables)
    let pixels: [Float] = randomValues(2 * input.count)
    Engine.shared.run {
      pixels.withUnsafeBufferPointer { pixels in
        plan.bind(input: 0, to: pixels.baseAddress!)
        plan.forward(RunArguments())
        for (index, shape) in plan.outputShapes.enumerated() {
          plan.outputGradient(index).update(repeating: 1, count: 2 * shape.count)
        }
        plan.backward(RunArguments())
      }
    }
    let gradients = variables.gradients
    return (
      gradients.specifications.indices.flatMap { gradients[$0].map(\.bitPattern) },
      plan.arenaBytes
    )
  }
}
