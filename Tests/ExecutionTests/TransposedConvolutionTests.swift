import Execution
import Networks
import TestSupport
import Testing

@Suite(.serialized) struct TransposedConvolutionTests {
  /// A 2×2 filter of stride 2 puts its copies side by side; one of 3×3 adds up where they overlap.
  @Test func spreadsFiltersOverTheOutput() {
    func run(_ kernel: Int, _ weights: [Double], _ x: [Double]) -> [Double] {
      let graph = Graph.trace(channels: 1) { image in
        image.through(
          "up", TransposedConvolution(channels: 1, kernel: Extent(kernel), padding: 0)
        ).output("result")
      }
      let variables = Variables<Double>(graph, seed: nil)
      for (index, weight) in weights.enumerated() { variables.parameters[0][index] = weight }
      let plan: any Plan<Double> = ReferencePlan(
        graph: graph, inputs: [Shape(channels: 1, height: 1, width: 2)], batch: 1, mode: .inference,
        variables: variables)
      return runStep(plan, variables: variables, inputs: [x]).outputs[0]
    }
    #expect(run(2, [1, 2, 3, 4], [1, 10]) == [1, 2, 10, 20, 3, 4, 30, 40])
    // Rows of 1, 2, 3 for the first cell and 10, 20, 30 two to the right of it.
    let row: [Double] = [1, 2, 3 + 10, 20, 30]
    #expect(run(3, [1, 2, 3, 1, 2, 3, 1, 2, 3], [1, 10]) == row + row + row)
  }

  private static let precisions = Precision.allCases.filter {
    $0 == .f32 || Precision.isBFloat16Supported
  }

  /// Over strides, kernels, padding, groups and odd sizes; between norms, in front of a concatenation,
  /// and with a value that others read too.
  @Test(arguments: precisions, [1, 2])
  func fastPlansAgreeWithTheReference(precision: Precision, batch: Int) throws {
    let cases: [(TransposedConvolution, Shape)] = [
      (TransposedConvolution(channels: 16, kernel: 2), Shape(channels: 32, height: 5, width: 7)),
      (TransposedConvolution(channels: 24, kernel: 4), Shape(channels: 16, height: 6, width: 4)),
      (
        TransposedConvolution(
          channels: 16, kernel: 3, padding: Padding(top: 0, left: 1, bottom: 1, right: 0)),
        Shape(channels: 20, height: 3, width: 5)
      ),
      (
        TransposedConvolution(channels: 32, kernel: 4, groups: 2),
        Shape(channels: 32, height: 4, width: 6)
      ),
    ]
    for (layer, shape) in cases {
      let graph = Graph.trace(channels: shape.channels) { x in
        let first = x.through("first", ConvolutionBlock(channels: shape.channels, kernel: 1))
        let up = first.through("up", layer)
        up.through("norm", BatchNorm()).activated(.silu).output("normed")
        Value.concatenated([up, up.activated(.relu)]).through(
          "last", Convolution(channels: 16, kernel: 1)
        ).output("joined")
      }
      try compare(
        graph: graph, inputs: [shape], batch: batch, mode: .training,
        tolerance: precision == .f32 ? 1e-4 : 0.05,
        rounds: precision == .bf16,
        compile: precision == .f32 ? ReferenceComparisonTests.fast : ReferenceComparisonTests.brain)
    }
  }
}
