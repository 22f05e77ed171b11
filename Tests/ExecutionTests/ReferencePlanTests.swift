import Execution
import Networks
import TestSupport
import Testing

@Suite(.serialized) struct ReferencePlanTests {
  private let shape = Shape(channels: 3, height: 6, width: 5)

  private func plan(
    _ graph: Graph, _ variables: Variables<Double>, mode: Mode = .training,
    gradientInputs: Set<Int> = []
  ) -> ReferencePlan<Double> {
    ReferencePlan(
      graph: graph, inputs: graph.inputs.map { _ in shape }, batch: 2, mode: mode,
      variables: variables, gradientInputs: gradientInputs)
  }

  private let graph = Graph.trace { image in
    image.through("conv", Convolution(channels: 2, kernel: 3)).through("norm", BatchNorm())
      .output("result")
  }
  private var image: [Double] { randomValues(2 * shape.count) }
  private var gradient: [Double] { randomValues(2 * 2 * shape.area, purpose: "gradient") }

  @Test func gradientsAccumulateOnlyWhenAsked() {
    let variables = Variables<Double>(graph, seed: 1)
    let plan = plan(graph, variables)
    var arguments = RunArguments()
    func gradients() -> [Double] {
      runStep(
        plan, variables: variables, inputs: [image], outputGradients: [gradient],
        arguments: arguments
      ).parameterGradients[0]
    }
    let once = gradients()
    #expect(gradients() == once)
    arguments.accumulatesGradients = true
    #expect(relativeError(gradients(), once.map { 2 * $0 }) < 1e-14)
  }

  @Test func onlyFlaggedInputsHaveGradients() {
    let graph = Graph.trace(inputs: [("a", 3), ("b", 3)]) { inputs in
      (inputs[0] + inputs[1]).activated(.silu).output("result")
    }
    let variables = Variables<Double>(graph)
    let plan = plan(graph, variables, gradientInputs: [1])
    let step = runStep(
      plan, variables: variables, inputs: [image, image], outputGradients: [image])
    #expect(step.inputGradients[0] == nil)
    #expect(step.inputGradients[1]?.count == image.count)
  }

  @Test func deadEndsDoNotRun() {
    let graph = Graph.trace { image in
      image.activated(.relu).output("result")
      _ = image.through("dead", BatchNorm(momentum: 0.5))
    }
    let variables = Variables<Double>(graph)
    let step = runStep(
      plan(graph, variables), variables: variables, inputs: [image],
      outputGradients: [[Double](repeating: 1, count: image.count)])
    #expect(step.buffers == [[0, 0, 0], [1, 1, 1]])
    #expect(step.parameterGradients == [[0, 0, 0], [0, 0, 0]])
  }

  @Test func runningStatisticsMoveInTrainingOnly() {
    let variables = Variables<Double>(graph)
    _ = runStep(plan(graph, variables, mode: .inference), variables: variables, inputs: [image])
    #expect(Array(variables.buffers[0]) == [0, 0])
    _ = runStep(plan(graph, variables, mode: .training), variables: variables, inputs: [image])
    #expect(variables.buffers[0].allSatisfy { $0 != 0 })
  }

  @Test func imagesOfABatchDoNotMixInInference() {
    let variables = Variables<Double>(graph, seed: 3)
    let both = runStep(
      plan(graph, variables, mode: .inference), variables: variables, inputs: [image])
    let single = ReferencePlan(
      graph: graph, inputs: [shape], batch: 1, mode: .inference, variables: variables)
    let second = runStep(
      single, variables: variables, inputs: [Array(image[shape.count...])])
    #expect(Array(both.outputs[0][(2 * shape.area)...]) == second.outputs[0])
  }

  @Test func nodeValuesAreVisible() {
    let variables = Variables<Double>(graph, seed: 3)
    let plan = plan(graph, variables)
    let step = runStep(plan, variables: variables, inputs: [image], outputGradients: [gradient])
    #expect(plan.value(ofNode: 0).map(Array.init) == image)
    #expect(plan.value(ofNode: 2).map(Array.init) == step.outputs[0])
    #expect(plan.gradient(ofNode: 2).map(Array.init) == gradient)
    #expect(plan.gradient(ofNode: 0) == nil)
  }
}
