import Execution
import Networks
import TestSupport
import Testing

/// Each operator's forward pass on a few numbers worked out by hand.
@Suite(.serialized) struct ReferenceOperatorTests {
  /// Runs a graph of one output on one image, each input being `(shape, values)`.
  private func run(
    _ inputs: [(Shape, [Double])], mode: Mode = .inference, batch: Int = 1,
    set tensors: [String: [Double]] = [:], _ body: ([Value]) -> Value
  ) -> StepResult {
    let names = inputs.enumerated().map { ("input\($0.offset)", $0.element.0.channels) }
    let graph = Graph.trace(inputs: names) { body($0).output("result") }
    let variables = Variables<Double>(graph)
    for store in [variables.parameters, variables.buffers] {
      store.fill { specification in
        tensors[specification.name] ?? Array(store[specification.name]!)
      }
    }
    let plan = ReferencePlan(
      graph: graph, inputs: inputs.map(\.0), batch: batch, mode: mode, variables: variables)
    return runStep(plan, variables: variables, inputs: inputs.map(\.1))
  }

  private func shape(_ channels: Int, _ height: Int, _ width: Int) -> Shape {
    Shape(channels: channels, height: height, width: width)
  }

  private func plane(_ height: Int, _ width: Int, _ values: [Double]) -> (Shape, [Double]) {
    (shape(1, height, width), values)
  }

  private let nine = (1...9).map(Double.init)

  @Test func convolutionSumsWeightedCells() {
    let result = run(
      [plane(3, 3, nine)], set: ["c.weight": [1, 10, 100, 1000], "c.bias": [0.5]]
    ) { $0[0].through("c", Convolution(channels: 1, kernel: 2, padding: 0)) }
    // Top left: 1·1 + 10·2 + 100·4 + 1000·5; the filter is not mirrored.
    #expect(result.outputs[0] == [5421.5, 6532.5, 8754.5, 9865.5])
  }

  @Test func convolutionPadsEachSideByItsOwnCount() {
    let padding = Padding(top: 1, left: 2, bottom: 0, right: 0)
    let result = run([plane(1, 2, [3, 4])], set: ["c.weight": [1, 10]]) {
      $0[0].through(
        "c",
        Convolution(
          channels: 1, kernel: Extent(height: 1, width: 2), padding: padding, hasBias: false))
    }
    // A row of padding, then 0 0 3 4 in pairs.
    #expect(result.outputs[0] == [0, 0, 0, 0, 30, 43])
  }

  @Test func dilationSkipsCellsAndStrideSkipsPositions() {
    let result = run([plane(1, 6, [1, 2, 3, 4, 5, 6])], set: ["c.weight": [1, 10]]) {
      $0[0].through(
        "c",
        Convolution(
          channels: 1, kernel: Extent(height: 1, width: 2),
          stride: Extent(height: 1, width: 2), dilation: Extent(height: 1, width: 3), padding: 0,
          hasBias: false))
    }
    // Positions 0 and 2: 1 + 10·4, 3 + 10·6.
    #expect(result.outputs[0] == [41, 63])
  }

  @Test func groupsSeeTheirOwnChannels() {
    let result = run([(shape(4, 1, 1), [1, 2, 3, 4])], set: ["c.weight": [1, 10, 1, 100]]) {
      $0[0].through("c", Convolution(channels: 2, kernel: 1, groups: 2, hasBias: false))
    }
    #expect(result.outputs[0] == [21, 403])
  }

  @Test func batchNormTrainsOnTheBatch() {
    let result = run(
      [plane(1, 2, [1, 3, 5, 7])], mode: .training, batch: 2,
      set: ["n.weight": [2], "n.bias": [10], "n.running_mean": [0], "n.running_var": [1]]
    ) { $0[0].through("n", BatchNorm(epsilon: 0, momentum: 0.5)) }
    // Mean 4, variance (9 + 1 + 1 + 9) / 4 = 5, unbiased 20 / 3.
    let expected = [-3.0, -1, 1, 3].map { 10 + 2 * $0 / 5.0.squareRoot() }
    #expect(zip(result.outputs[0], expected).allSatisfy { abs($0 - $1) < 1e-14 })
    #expect(result.buffers[0] == [2])
    #expect(abs(result.buffers[1][0] - (0.5 + 10.0 / 3)) < 1e-14)
  }

  @Test func batchNormInfersWithRunningStatistics() {
    let result = run(
      [plane(1, 2, [1, 3])],
      set: ["n.weight": [3], "n.bias": [-1], "n.running_mean": [2], "n.running_var": [0.75]]
    ) { $0[0].through("n", BatchNorm(epsilon: 0.25)) }
    #expect(result.outputs[0] == [-4, 2])
    #expect(result.buffers == [[2], [0.75]])
  }

  /// At −4, 0, 1 and 4; σ(4) = 0.98201379003790844, σ(1) = 0.73105857863000488.
  private static let activations: [(ActivationFunction, [Double])] = [
    (.identity, [-4, 0, 1, 4]),
    (.relu, [0, 0, 1, 4]),
    (.relu6, [0, 0, 1, 4]),
    (.leakyReLU(slope: 0.25), [-1, 0, 1, 4]),
    (.hardSwish, [0, 0, 4.0 / 6, 4]),
    (.hardSigmoid, [0, 0.5, 4.0 / 6, 1]),
    (.sigmoid, [0.017986209962091559, 0.5, 0.73105857863000488, 0.98201379003790844]),
    (.silu, [-0.071944839848366237, 0, 0.73105857863000488, 3.9280551601516338]),
  ]

  @Test(arguments: activations)
  func activationsFollowTheirFormulas(function: ActivationFunction, expected: [Double]) {
    let result = run([plane(1, 4, [-4, 0, 1, 4])]) { Activation(function)($0[0]) }
    #expect(relativeError(result.outputs[0], expected) < 1e-14)
  }

  @Test func paddingNeverWinsAMaximumAndCountsInNoMean() {
    let negative = nine.map { -$0 }
    let maximum = run([plane(3, 3, negative)]) { Pooling(.maximum, kernel: 3, stride: 2)($0[0]) }
    #expect(maximum.outputs[0] == [-1, -2, -4, -5])
    let average = run([plane(3, 3, nine)]) { Pooling(.average, kernel: 3, stride: 2)($0[0]) }
    // Corners of four cells each: (1 + 2 + 4 + 5) / 4 …
    #expect(average.outputs[0] == [3, 4, 6, 7])
  }

  @Test func poolingShowsNonFiniteValues() {
    let result = run([plane(1, 3, [1, .nan, 5])]) {
      Pooling(.maximum, kernel: Extent(height: 1, width: 3), padding: 0)($0[0])
    }
    #expect(result.outputs[0][0].isNaN)
  }

  @Test func spatialMeanKeepsChannelsApart() {
    let result = run([(shape(2, 1, 2), [1, 3, 10, 20])]) { $0[0].spatialMean }
    #expect(result.outputs[0] == [2, 15])
  }

  @Test func nearestRepeatsCells() {
    let result = run([plane(1, 2, [1, 2])]) { $0[0].upsampled(by: 2) }
    #expect(result.outputs[0] == [1, 1, 2, 2, 1, 1, 2, 2])
    // ⌊i·2/5⌋ = 0 0 0 1 1
    let like = run([plane(1, 2, [1, 2]), plane(1, 5, nine.dropLast(4))]) {
      $0[0].resized(like: $0[1])
    }
    #expect(like.outputs[0] == [1, 1, 1, 2, 2])
  }

  @Test func bilinearMatchesCentres() {
    let result = run([plane(1, 2, [0, 8])]) { $0[0].upsampled(by: 4, .bilinear) }
    // Sources −⅜ −⅛ ⅛ ⅜ ⅝ ⅞ 1⅛ 1⅜, held within 0 … 1.
    let row: [Double] = [0, 0, 1, 3, 5, 7, 8, 8]
    #expect(result.outputs[0] == row + row + row + row)
  }

  @Test func joinsKeepImagesApart() {
    let (a, b) = ((shape(1, 1, 2), [1.0, 2, 3, 4]), (shape(2, 1, 2), (5...12).map(Double.init)))
    let joined = run([a, b], batch: 2) { Value.concatenated($0) }
    #expect(joined.outputs[0] == [1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12])
    let sum = run([a, a], batch: 2) { $0[0] + $0[1] }
    #expect(sum.outputs[0] == [2, 4, 6, 8])
  }

  @Test func gatesBroadcastOverAxesOfExtentOne() {
    let features = (shape(2, 2, 2), (1...8).map(Double.init))
    func gated(_ gate: Shape, _ values: [Double]) -> [Double] {
      run([features, (gate, values)]) { $0[0].gated(by: $0[1]) }.outputs[0]
    }
    #expect(gated(shape(2, 1, 1), [1, 10]) == [1, 2, 3, 4, 50, 60, 70, 80])
    #expect(gated(shape(1, 2, 1), [1, 10]) == [1, 2, 30, 40, 5, 6, 70, 80])
    #expect(gated(shape(1, 1, 2), [1, 10]) == [1, 20, 3, 40, 5, 60, 7, 80])
    #expect(gated(shape(1, 2, 2), [1, 0, 0, 1]) == [1, 0, 0, 4, 5, 0, 0, 8])
  }

  @Test func linearMultipliesByRows() {
    let result = run(
      [(shape(2, 1, 1), [1, 2, 3, 4])], batch: 2,
      set: ["l.weight": [1, 10, 100, 1000], "l.bias": [0.5, 0]]
    ) { $0[0].through("l", Linear(channels: 2)) }
    #expect(result.outputs[0] == [21.5, 2100, 43.5, 4300])
  }
}
