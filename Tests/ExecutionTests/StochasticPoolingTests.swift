import Execution
import Networks
import TestSupport
import Testing

@Suite(.serialized) struct StochasticPoolingTests {
  /// One window over 1, 0, 3, −2: the first with probability ¼, the third with ¾.
  private func run(
    _ mode: Mode, channels: Int = 1, arguments: RunArguments = RunArguments()
  ) -> StepResult {
    let graph = Graph.trace(channels: channels) { x in
      x.through("pool", StochasticPooling(kernel: 2, stride: 2, padding: 0)).output("result")
    }
    let shape = Shape(channels: channels, height: 2, width: 2)
    let variables = Variables<Double>(graph)
    let plan: any Plan<Double> = ReferencePlan(
      graph: graph, inputs: [shape], batch: 1, mode: mode, variables: variables,
      gradientInputs: [0])
    return runStep(
      plan, variables: variables, inputs: [(0..<channels).flatMap { _ in [1.0, 0, 3, -2] }],
      outputGradients: [[Double](repeating: 1, count: channels)], arguments: arguments)
  }

  @Test func inferenceWeighsByTheChances() {
    // (1·1 + 3·3) / 4, and (2·a − y) / 4 for each.
    let result = run(.inference)
    #expect(result.outputs[0] == [2.5])
    #expect(result.inputGradients[0]! == [-0.125, 0, 0.875, 0])
  }

  @Test func trainingDrawsTheLargerMoreOften() {
    let count = 4000
    let result = run(.training, channels: count)
    let ones = result.outputs[0].count { $0 == 1 }
    let others = result.outputs[0].count { $0 != 1 && $0 != 3 }
    #expect(others == 0)
    // Four standard deviations, √(4000·¼·¾) = 27.
    #expect(abs(ones - count / 4) < 110)
    for channel in 0..<count {
      let gradient = Array(result.inputGradients[0]![4 * channel..<4 * channel + 4])
      #expect(gradient == (result.outputs[0][channel] == 1 ? [1, 0, 0, 0] : [0, 0, 1, 0]))
    }
  }

  @Test func drawsGoBySeedEpochAndBatch() {
    var arguments = RunArguments()
    (arguments.seed, arguments.epoch, arguments.batch) = (5, 1, 2)
    let first = run(.training, channels: 64, arguments: arguments).outputs
    #expect(run(.training, channels: 64, arguments: arguments).outputs == first)
    arguments.batch = 3
    #expect(run(.training, channels: 64, arguments: arguments).outputs != first)
  }

  @Test func nothingPositiveGivesZero() {
    let graph = Graph.trace(channels: 1) { x in
      StochasticPooling(kernel: 2, stride: 2, padding: 0)(x).output("result")
    }
    for mode in [Mode.training, .inference] {
      let variables = Variables<Double>(graph)
      let plan: any Plan<Double> = ReferencePlan(
        graph: graph, inputs: [Shape(channels: 1, height: 2, width: 2)], batch: 1, mode: mode,
        variables: variables)
      let result = runStep(plan, variables: variables, inputs: [[0, -1, 0, -4]])
      #expect(result.outputs[0] == [0])
    }
  }
}
