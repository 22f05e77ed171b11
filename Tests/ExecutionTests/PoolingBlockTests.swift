import Execution
import Networks
import TestSupport
import Testing

@Suite(.serialized) struct PoolingBlockTests {
  private func outputs(_ graph: Graph, _ inputs: [Shape]) -> [[Double]] {
    let variables = Variables<Double>(graph)
    variables.fillFromCounters()
    let plan: any Plan<Double> = ReferencePlan(
      graph: graph, inputs: inputs, batch: 2, mode: .inference, variables: variables)
    return runStep(
      plan, variables: variables,
      inputs: inputs.map { counterValues(name: "image", count: 2 * $0.count) }
    ).outputs
  }

  /// Maxima of 5×5 maxima are maxima under 9×9, and of those under 13×13.
  @Test func poolsInARowGiveWhatPoolsSideBySideGive() {
    let input = Shape(channels: 8, height: 17, width: 15)
    func graph(_ layer: some Layer) -> Graph {
      Graph.trace(channels: input.channels) { $0.through("block", layer).output("result") }
    }
    let fast = outputs(graph(SpatialPyramidPoolingFast(channels: 6)), [input])
    let sideBySide = outputs(graph(SpatialPyramidPooling(channels: 6)), [input])
    #expect(fast == sideBySide)
  }

  /// The length of the vector does not depend on the size.
  @Test func aFixedPyramidTakesEverySize() {
    let graph = Graph.trace(channels: 3) { x in
      x.through("pyramid", FixedSpatialPyramidPooling(channels: 5)).output("result")
    }
    for (height, width) in [(4, 4), (7, 11), (32, 5)] {
      let input = Shape(channels: 3, height: height, width: width)
      #expect(graph.shapes(inputs: [input]).last == Shape(channels: 5, height: 1, width: 1))
      let isFinite = outputs(graph, [input])[0].allSatisfy { $0.isFinite }
      #expect(isFinite)
    }
    // 21 bins of 3 channels for each of 5 results, and one bias.
    let count = graph.parameters.map(\.count).reduce(0, +)
    #expect(count == 320)
  }

  private static let precisions = Precision.allCases.filter {
    $0 == .f32 || Precision.isBFloat16Supported
  }

  private func graph(_ layer: any Layer) -> Graph {
    Graph.trace(channels: 16) { x in
      let first = x.through("first", Convolution(channels: 16, kernel: 3))
      first.through("layer", layer).through("last", Convolution(channels: 16, kernel: 1))
        .output("result")
    }
  }

  private struct Enlargement: Layer {
    var mode: ResizeMode
    var factor: Int

    func callAsFunction(_ x: Value) -> Value { x.upsampled(by: factor, mode) }
  }

  /// To sizes that are no multiples, smaller ones too; on a kernel of its own.
  @Test(arguments: precisions)
  func bilinearSizesAgreeWithTheReference(precision: Precision) throws {
    let graph = Graph.trace(inputs: [("x", 16), ("size", 1)]) { inputs in
      inputs[0].resized(like: inputs[1], .bilinear).output("result")
    }
    for (height, width) in [(1, 1), (5, 13), (9, 7), (23, 8), (10, 70)] {
      let inputs = [Self.input, Shape(channels: 1, height: height, width: width)]
      try compare(
        graph: graph, inputs: inputs, batch: 2, mode: .training,
        tolerance: precision == .f32 ? 1e-5 : 5e-3, rounds: precision == .bf16,
        compile: precision == .f32 ? ReferenceComparisonTests.fast : ReferenceComparisonTests.brain)
    }
  }

  private static let input = Shape(channels: 16, height: 9, width: 7)

  /// On kernels of their own.
  @Test(arguments: precisions)
  func bordersAndMeansAgreeWithTheReference(precision: Precision) throws {
    let layers: [any Layer] = [
      BorderPadding(.reflect, Padding(top: 1, left: 2, bottom: 3, right: 0)),
      BorderPadding(.replicate, Padding(top: 4, left: 0, bottom: 1, right: 5)),
      Pooling(.average, kernel: 2, stride: 2, padding: 0), Pooling(.average, kernel: 3, stride: 2),
      AdaptivePooling(.average, bins: 2),
      AdaptivePooling(.average, bins: Extent(height: 4, width: 10)),
      Enlargement(mode: .nearest, factor: 3), Enlargement(mode: .bilinear, factor: 2),
      Enlargement(mode: .bilinear, factor: 5),
    ]
    for layer in layers {
      try compare(
        graph: graph(layer), inputs: [Self.input], batch: 2, mode: .training,
        tolerance: precision == .f32 ? 1e-4 : 0.02, rounds: precision == .bf16,
        compile: precision == .f32 ? ReferenceComparisonTests.fast : ReferenceComparisonTests.brain)
    }
  }

  /// In bf16 another cell may be the largest, so that no such comparison could be made.
  @Test func blocksAgreeWithTheReference() throws {
    let layers: [any Layer] = [
      AdaptivePooling(.maximum, bins: 3), AdaptivePooling(.maximum, bins: 10),
      FixedSpatialPyramidPooling(channels: 16),
      ReceptiveFieldBlock(channels: 16), AtrousSpatialPyramidPooling(channels: 16),
    ]
    for layer in layers {
      try compare(
        graph: graph(layer), inputs: [Self.input], batch: 2, mode: .training, tolerance: 1e-4,
        compile: ReferenceComparisonTests.fast)
    }
  }

  /// With no convolution in front that would round what is pooled: then bf16's maxima and draws are
  /// the reference's.
  @Test(arguments: precisions, [Mode.training, .inference])
  func maximaAndDrawsAgreeWithTheReference(precision: Precision, mode: Mode) throws {
    let layers: [any Layer] = [
      AdaptivePooling(.maximum, bins: 3), AdaptivePooling(.maximum, bins: 10),
      StochasticPooling(kernel: 3, stride: 2), StochasticPooling(kernel: 2, padding: 0),
    ]
    for layer in layers {
      for channels in [5, 32] {
        let graph = Graph.trace(channels: channels) { x in
          x.through("layer", layer).output("result")
        }
        try compare(
          graph: graph, inputs: [Shape(channels: channels, height: 9, width: 7)], batch: 2,
          mode: mode, tolerance: precision == .f32 ? 1e-6 : 5e-3, rounds: precision == .bf16,
          compile: precision == .f32
            ? ReferenceComparisonTests.fast : ReferenceComparisonTests.brain)
      }
    }
  }

  @Test(arguments: precisions, [Mode.training, .inference])
  func runOnKernelsOfTheirOwn(precision: Precision, mode: Mode) throws {
    let layers: [any Layer] = [
      AdaptivePooling(.maximum, bins: 3), AdaptivePooling(.average, bins: 2),
      StochasticPooling(kernel: 3, stride: 2), FixedSpatialPyramidPooling(channels: 16),
    ]
    for layer in layers {
      let graph = graph(layer)
      let plan = try compile(
        graph, inputs: [Self.input], batch: 2, mode: mode, precision: precision,
        variables: Variables(graph))
      let kernels = try #require(plan as? FastPlan).kernelList
      #expect(!kernels.contains { $0.implementation.hasPrefix("ref") })
    }
  }

  @Test func bordersContinueWhatIsInside() {
    func padded(_ mode: BorderMode) -> [Double] {
      let graph = Graph.trace(channels: 1) { x in
        let padding = Padding(top: 0, left: 2, bottom: 1, right: 1)
        BorderPadding(mode, padding)(x).output("result")
      }
      let variables = Variables<Double>(graph)
      let plan: any Plan<Double> = ReferencePlan(
        graph: graph, inputs: [Shape(channels: 1, height: 2, width: 3)], batch: 1,
        mode: .inference, variables: variables)
      return runStep(plan, variables: variables, inputs: [[1, 2, 3, 4, 5, 6]]).outputs[0]
    }
    let reflected: [Double] = [3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5, 3, 2, 1, 2, 3, 2]
    #expect(padded(.reflect) == reflected)
    let replicated: [Double] = [1, 1, 1, 2, 3, 3, 4, 4, 4, 5, 6, 6, 4, 4, 4, 5, 6, 6]
    #expect(padded(.replicate) == replicated)
  }
}
