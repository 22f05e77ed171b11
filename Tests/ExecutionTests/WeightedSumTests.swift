import Execution
import Networks
import TestSupport
import Testing

@Suite(.serialized) struct WeightedSumTests {
  /// Weights 3, 1 and −2: shares 3, 1 and 0 of 4.0001.
  @Test func sharesArePositiveAndAddUpToNearlyOne() {
    let graph = Graph.trace(inputs: [("a", 1), ("b", 1), ("c", 1)]) { inputs in
      inputs[0].scoped("fuse") { _ in Value.weightedSum(inputs) }.output("result")
    }
    let variables = Variables<Double>(graph)
    for (index, weight) in [3.0, 1, -2].enumerated() { variables.parameters[0][index] = weight }
    let shape = Shape(channels: 1, height: 1, width: 1)
    let plan: any Plan<Double> = ReferencePlan(
      graph: graph, inputs: [shape, shape, shape], batch: 1, mode: .inference,
      variables: variables)
    let result = runStep(plan, variables: variables, inputs: [[8], [16], [100]])
    #expect(abs(result.outputs[0][0] - (24 + 16) / 4.0001) < 1e-12)
  }

  private static let precisions = Precision.allCases.filter {
    $0 == .f32 || Precision.isBFloat16Supported
  }

  @Test(arguments: precisions, [Mode.training, .inference])
  func fastPlansAgreeWithTheReference(precision: Precision, mode: Mode) throws {
    for channels in [16, 20] {
      let graph = Graph.trace(channels: channels) { x in
        let a = x.through("a", ConvolutionBlock(channels: channels, kernel: 1))
        let b = x.through("b", ConvolutionBlock(channels: channels))
        let two = x.scoped("two") { _ in Value.weightedSum([a, b]) }.activated(.silu)
        x.scoped("three") { _ in Value.weightedSum([a, two, b]) }.output("result")
      }
      try compare(
        graph: graph, inputs: [Shape(channels: channels, height: 9, width: 40)], batch: 2,
        mode: mode, tolerance: precision == .f32 ? 1e-4 : 0.05,
        rounds: precision == .bf16,
        compile: precision == .f32 ? ReferenceComparisonTests.fast : ReferenceComparisonTests.brain)
    }
  }
}
