import Execution
import Networks
import TestSupport
import Testing

extension EngineTests {
  @Suite struct KernelThreadsTests {
    /// Sums over pictures and rows are taken in one order.
    @Test func depthwiseGradientsAreTheSameForAnyThreadCount() throws {
      let input = Shape(channels: 40, height: 80, width: 70)
      let graph = Graph.trace(channels: 40) { x in
        Convolution(channels: 40, kernel: 5, groups: 40)(x).output("result")
      }
      let variables = Variables<Float>(graph)
      let plan = try compile(
        graph, inputs: [input], batch: 3, mode: .training, variables: variables)
      let values: [Float] = randomValues(3 * input.count, purpose: "input")
      let before = Engine.shared.threadCount
      defer { Engine.shared.threadCount = before }
      let results = [1, 3].map { threads in
        Engine.shared.threadCount = threads
        return gradients(of: plan, values, variables)
      }
      #expect(results[0] == results[1])
    }

    private func gradients(
      of plan: any Plan<Float>, _ values: [Float], _ variables: Variables<Float>
    ) -> [[Float]] {
      Engine.shared.run {
        values.withUnsafeBufferPointer { input in
          plan.bind(input: 0, to: input.baseAddress!)
          plan.forward(RunArguments())
          for (cell, value) in values.enumerated() { plan.outputGradient(0)[cell] = value }
          plan.backward(RunArguments())
        }
        return variables.gradients.specifications.indices.map { Array(variables.gradients[$0]) }
      }
    }
  }
}
