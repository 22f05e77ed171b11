import Execution
import Networks
import TestSupport
import Testing

/// Convolutions for which oneDNN has no fast kernels as they are given.
@Suite(.serialized) struct ConvolutionFormTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let channels: Int
    let input: Shape
    let layers: [Convolution]

    init(
      _ name: String, channels: Int, size: Extent = Extent(height: 11, width: 14),
      _ layers: Convolution...
    ) {
      testDescription = name
      self.channels = channels
      input = Shape(channels: 16, height: size.height, width: size.width)
      self.layers = layers
    }

    /// Between pointwise convolutions, so that all passes run and values are blocked.
    var graph: Graph {
      Graph.trace(channels: 16) { x in
        var y = x.through("first", Convolution(channels: channels, kernel: 1))
        for (index, layer) in layers.enumerated() { y = y.through("layer\(index)", layer) }
        y.through("last", Convolution(channels: 16, kernel: 1)).output("result")
      }
    }
  }

  private static func depthwise(
    _ kernel: Extent, stride: Extent = 1, dilation: Extent = 1, padding: Padding? = nil,
    hasBias: Bool = true
  ) -> Convolution {
    Convolution(
      channels: 24, kernel: kernel, stride: stride, dilation: dilation, padding: padding,
      groups: 24, hasBias: hasBias)
  }

  static let cases: [Case] = [
    Case("depthwise 5×5", channels: 24, depthwise(5)),
    Case("depthwise 5×5 of stride 2", channels: 24, depthwise(5, stride: 2, hasBias: false)),
    Case("depthwise 4×7", channels: 24, depthwise(Extent(height: 4, width: 7))),
    Case("depthwise 7×7 of stride 3", channels: 24, depthwise(7, stride: 3)),
    Case("depthwise 9×9 on few cells", channels: 24, size: 3, depthwise(9)),
    Case("depthwise without padding", channels: 24, depthwise(5, stride: 2, padding: 0)),
    Case("depthwise of dilation 2", channels: 24, depthwise(3, dilation: 2)),
    Case("depthwise beyond the map", channels: 24, size: 6, depthwise(3, dilation: 7)),
    Case("many cells", channels: 24, size: Extent(height: 70, width: 90), depthwise(5)),
    Case("eight channels", channels: 8, Convolution(channels: 8, kernel: 3, stride: 2)),
    Case("two channels to one", channels: 2, Convolution(channels: 1, kernel: 7)),
    Case("groups of four", channels: 64, Convolution(channels: 64, kernel: 3, groups: 16)),
    Case(
      "groups of eight to sixteen", channels: 64,
      Convolution(channels: 128, kernel: 3, stride: 2, groups: 8, hasBias: false)),
    Case("groups of 24", channels: 96, Convolution(channels: 96, kernel: 3, groups: 4)),
    Case("three groups", channels: 12, Convolution(channels: 18, kernel: 3, groups: 3)),
    Case(
      "two filters a channel", channels: 32, Convolution(channels: 64, kernel: 3, groups: 32)),
    Case(
      "dilation beyond the map", channels: 32, size: 10,
      Convolution(channels: 32, kernel: 3, dilation: 12)),
    Case(
      "dilation beyond the width", channels: 32, size: Extent(height: 14, width: 7),
      Convolution(channels: 32, kernel: 3, dilation: 7)),
  ]

  /// Whose forward pass is left to oneDNN's plain loops, on some processors.
  static let odd: [Case] = [
    Case(
      "depthwise of dilation 3 and stride 2", channels: 24, depthwise(5, stride: 2, dilation: 3)),
    Case(
      "dilation near the size of the map", channels: 40, size: Extent(height: 10, width: 9),
      Convolution(channels: 24, kernel: 3, dilation: 8)),
    Case(
      "large dilation and stride 2", channels: 16, size: 11,
      Convolution(channels: 40, kernel: 3, stride: 2, dilation: 9, hasBias: false)),
    Case(
      "padding that few windows reach", channels: 32, size: 5,
      Convolution(
        channels: 32, kernel: 5, stride: 4, padding: Padding(top: 4, left: 6, bottom: 0, right: 3))),
  ]

  private static let runs: [(Mode, Precision)] =
    [(.training, .f32), (.inference, .f32)]
    + (Precision.isBFloat16Supported ? [(.training, .bf16), (.inference, .bf16)] : [])

  @Test(arguments: cases + odd, runs)
  func agreesWithTheReference(on one: Case, run: (mode: Mode, precision: Precision)) throws {
    let isRounded = run.precision == .bf16
    try compare(
      graph: one.graph, inputs: [one.input], batch: 2, mode: run.mode,
      tolerance: isRounded ? 0.02 : 2e-5, rounds: isRounded,
      compile: isRounded ? ReferenceComparisonTests.brain : ReferenceComparisonTests.fast)
  }

  private func slowPasses(_ one: Case, _ mode: Mode, _ precision: Precision) throws -> [String] {
    let graph = one.graph
    let plan = try compile(
      graph, inputs: [one.input], batch: 2, mode: mode, precision: precision,
      variables: Variables(graph))
    return try #require(plan as? FastPlan).kernelList
      .filter { $0.implementation.hasPrefix("ref") }.map(\.pass)
  }

  @Test(arguments: cases, runs)
  func runsOnFastKernels(on one: Case, run: (mode: Mode, precision: Precision)) throws {
    #expect(try slowPasses(one, run.mode, run.precision).isEmpty)
  }

  @Test(arguments: odd, runs.filter { $0.0 == .training })
  func runsBackwardOnFastKernels(on one: Case, run: (mode: Mode, precision: Precision)) throws {
    #expect(try slowPasses(one, run.mode, run.precision).allSatisfy { $0 == "forward" })
  }

  /// Gradients of several plans' passes add up in the same tensors.
  @Test(arguments: cases + odd) func gradientsAddUp(on one: Case) throws {
    let graph = one.graph
    let variables = Variables<Float>(graph)
    variables.fillFromCounters()
    let plan = try compile(
      graph, inputs: [one.input], batch: 1, mode: .training, variables: variables)
    let input: [Double] = randomValues(one.input.count, purpose: "input")
    let gradient: [Double] = randomValues(plan.outputShapes[0].count, purpose: "gradient")
    func gradients(accumulated: Bool) -> [[Double]] {
      var arguments = RunArguments()
      arguments.accumulatesGradients = accumulated
      return runStep(
        plan, variables: variables, inputs: [input], outputGradients: [gradient],
        arguments: arguments
      ).parameterGradients
    }
    let (once, twice) = (gradients(accumulated: false), gradients(accumulated: true))
    for (single, double) in zip(once, twice) {
      #expect(relativeError(double, single.map { 2 * $0 }) < 1e-6)
    }
  }
}
