import Execution
import Networks
import TestSupport
import Testing

/// Region pooling by hand, against differences, and the fast kernels against the Double reference.
@Suite(.serialized) struct RegionPoolingTests {
  private func shape(_ channels: Int, _ height: Int, _ width: Int) -> Shape {
    Shape(channels: channels, height: height, width: width)
  }

  /// - Parameter regions: of one picture.
  private func pooled(
    _ map: (Shape, [Double]), _ regions: [[Double]], _ pooling: RegionPooling,
    gradient: [Double]? = nil
  ) -> StepResult {
    let setting = RegionSetting(maps: [map.0], capacity: regions.count, pooling: pooling)
    let variables = Variables<Double>(setting.graph)
    let plan = ReferencePlan(
      graph: setting.graph, inputs: setting.inputs, batch: 1, mode: .training,
      variables: variables, gradientInputs: [0])
    return runStep(
      plan, variables: variables, inputs: [map.1, setting.plain([regions])],
      outputGradients: gradient.map { [$0] })
  }

  /// Rows 0 1 2 3, 10 11 12 13 and so on: bilinear samples are 10·y + x.
  private var ramp: (Shape, [Double]) {
    (shape(1, 4, 4), (0..<4).flatMap { row in (0..<4).map { Double(10 * row + $0) } })
  }

  @Test func alignedBinsAverageBilinearSamples() {
    // Stride 2: pixels 2 … 6 are cells 1 … 3, aligned ½ … 2½: bins ½ … 1½ … 2½, middles 1 and 2.
    let pooling = RegionPooling(.align(samples: 1, isAligned: true), bins: 2, strides: [2])
    let result = pooled(ramp, [[0, 2, 2, 6, 6]], pooling, gradient: [1, 2, 3, 4])
    #expect(result.outputs[0] == [11, 12, 21, 22])
    var expected = [Double](repeating: 0, count: 16)
    (expected[5], expected[6], expected[9], expected[10]) = (1, 2, 3, 4)
    #expect(result.inputGradients[0] == expected)
  }

  @Test func withoutAlignmentEdgesStayAndRegionsAreACellLarge() {
    let pooling = RegionPooling(.align(samples: 1, isAligned: false), bins: 1, strides: [2])
    // Cells 1 … 1¼ become 1 … 2, middle 1½ on both axes.
    #expect(pooled(ramp, [[0, 2, 2, 2.5, 2.5]], pooling).outputs[0] == [16.5])
    // Aligned they stay: ½ … ¾, middle ⅝.
    let aligned = RegionPooling(.align(samples: 1, isAligned: true), bins: 1, strides: [2])
    #expect(pooled(ramp, [[0, 2, 2, 2.5, 2.5]], aligned).outputs[0] == [6.875])
  }

  @Test func samplesOutsideAreZeroOrTakeTheNearestEdge() {
    let pooling = RegionPooling(.align(samples: 1, isAligned: true), bins: 1, strides: [1])
    // Middles (−½ − ½, 1½ − ½): a cell outside, still the edge. Then 1½ outside: nothing.
    let results = pooled(
      ramp, [[0, -1, 1, 0, 2], [0, -2, 1, -1, 2], [0, 9, 9, 10, 10]], pooling)
    #expect(results.outputs[0] == [10, 0, 0])
  }

  @Test func adaptiveSamplesFollowTheRegion() {
    // 4 cells in one bin: 4 samples an axis at −0, 1, 2, 3: their mean is that of all cells.
    let pooling = RegionPooling(.align(samples: 0, isAligned: true), bins: 1, strides: [1])
    #expect(pooled(ramp, [[0, 0, 0, 4, 4]], pooling).outputs[0] == [16.5])
  }

  @Test func maximaRoundEdgesToCells() {
    // Edges 0.4 and 2.6 round to cells 0 … 3, ends included: bins 0 … 1, 2 … 3.
    let pooling = RegionPooling(.maximum, bins: 2, strides: [1])
    let result = pooled(ramp, [[0, 0.4, 0.4, 2.6, 2.6]], pooling, gradient: [1, 2, 3, 4])
    #expect(result.outputs[0] == [11, 13, 31, 33])
    var expected = [Double](repeating: 0, count: 16)
    (expected[5], expected[7], expected[13], expected[15]) = (1, 2, 3, 4)
    #expect(result.inputGradients[0] == expected)
    // Nothing of the map in any bin.
    #expect(pooled(ramp, [[0, 20, 20, 30, 30]], pooling).outputs[0] == [0, 0, 0, 0])
  }

  @Test func regionsChooseTheirMapAndEmptySlotsGiveNothing() {
    let setting = RegionSetting(
      maps: [shape(1, 2, 2), shape(1, 1, 1)], capacity: 4,
      pooling: RegionPooling(.align(samples: 1, isAligned: true), bins: 1, strides: [1, 2]))
    let variables = Variables<Double>(setting.graph)
    let plan = ReferencePlan(
      graph: setting.graph, inputs: setting.inputs, batch: 1, mode: .training,
      variables: variables, gradientInputs: [0, 1, 2])
    let regions: [[Double]] = [
      [1, 0, 0, 2, 2], [-1, 0, 0, 2, 2], [0, 0, 0, 2, 2], [0, .nan, 0, 2, 2],
    ]
    let step = runStep(
      plan, variables: variables, inputs: [[1, 2, 3, 4], [7], setting.plain([regions])],
      outputGradients: [[8, 8, 8, 8]])
    #expect(step.outputs[0] == [7, 0, 2.5, 0])
    #expect(step.inputGradients == [[2, 2, 2, 2], [8], [Double](repeating: 0, count: 20)])
  }

  @Test func countsNoMultiplyAddsAndSeesEveryCell() {
    let setting = RegionSetting(maps: [shape(3, 5, 6)], capacity: 8)
    let shapes = setting.graph.shapes(inputs: setting.inputs)
    #expect(shapes.last == shape(3 * 49, 8, 1))
    #expect(setting.graph.multiplyAdds(shapes).allSatisfy { $0 == 0 })
    #expect(setting.pooling.receptiveStep(input: 0) == .global)
    #expect(setting.pooling.receptiveStep(input: 1) == .place)
  }

  // MARK: Differences

  static let kinds: [RegionPooling] = [
    RegionPooling(.align(samples: 2, isAligned: true), bins: 3, strides: [4, 8]),
    RegionPooling(.align(samples: 2, isAligned: false), bins: 2, strides: [4, 8]),
    RegionPooling(
      .align(samples: 0, isAligned: true), bins: Extent(height: 2, width: 3), strides: [4, 8]),
    RegionPooling(.maximum, bins: 3, strides: [4, 8]),
  ]

  @Test(arguments: kinds) func gradientsMatchDifferences(pooling: RegionPooling) {
    let setting = RegionSetting(
      maps: [shape(2, 7, 9), shape(2, 4, 5)], capacity: 6, pooling: pooling)
    let variables = Variables<Double>(setting.graph)
    let plan = ReferencePlan(
      graph: setting.graph, inputs: setting.inputs, batch: 2, mode: .training,
      variables: variables, gradientInputs: [0, 1])
    var inputs: [[Double]] = setting.inputs.dropLast().enumerated().map {
      randomValues(2 * $1.count, seed: UInt64($0), purpose: "maps")
    }
    inputs.append(setting.plain(setting.randomRegions(batch: 2)))
    let weights: [Double] = randomValues(2 * plan.outputShapes[0].count, purpose: "loss")
    let step = runStep(plan, variables: variables, inputs: inputs, outputGradients: [weights])
    func loss() -> Double {
      let output = runStep(plan, variables: variables, inputs: inputs).outputs[0]
      return zip(output, weights).map { $0 * $1 }.reduce(0, +)
    }
    let h = 1e-5
    for map in 0..<2 {
      let differences = inputs[map].indices.map { place in
        let original = inputs[map][place]
        defer { inputs[map][place] = original }
        inputs[map][place] = original + h
        let above = loss()
        inputs[map][place] = original - h
        return (above - loss()) / (2 * h)
      }
      #expect(relativeError(step.inputGradients[map]!, differences) < 1e-6)
    }
  }

  // MARK: Fast

  /// Odd sizes, whole blocks (of which one goes alone) and not, batches 1 and 2.
  private static let channelCounts = [16, 80, 5]

  @Test(arguments: kinds, channelCounts)
  func fastFollowsReference(pooling: RegionPooling, channels: Int) throws {
    for batch in [1, 2] {
      try compareRegions(
        pooling, channels: channels, batch: batch, precision: .f32, tolerance: 1e-6)
    }
  }

  @Test(
    .enabled(if: Precision.isBFloat16Supported, "this processor has no AVX-512 BF16"),
    arguments: kinds, channelCounts)
  func bf16FollowsReference(pooling: RegionPooling, channels: Int) throws {
    try compareRegions(pooling, channels: channels, batch: 2, precision: .bf16, tolerance: 5e-3)
  }

  /// What the kernel keeps of a row of bins is less than this region's samples.
  @Test func fastFollowsReferenceOnLongRegions() throws {
    let pooling = RegionPooling(.align(samples: 0, isAligned: true), bins: 2, strides: [4, 8])
    try compareRegions(
      pooling, channels: 16, batch: 1, precision: .f32, tolerance: 1e-6,
      extra: [0, -900, 3, 1200, 20])
  }

  @Test func wholeBlocksRunFast() throws {
    let setting = RegionSetting(maps: [shape(32, 5, 6)], capacity: 8)
    let plan =
      try Execution.compile(
        setting.graph, inputs: setting.inputs, batch: 1, mode: .training,
        variables: Variables(setting.graph), gradientInputs: [0]) as! FastPlan
    #expect(plan.kernelList.allSatisfy { $0.implementation != "reference" })
  }

  private func compareRegions(
    _ pooling: RegionPooling, channels: Int, batch: Int, precision: Precision, tolerance: Double,
    extra: [Double]? = nil
  ) throws {
    let setting = RegionSetting(
      maps: [shape(channels, 13, 11), shape(channels, 7, 6)], capacity: 11, pooling: pooling)
    let exact = Variables<Double>(setting.graph)
    let single = Variables<Float>(setting.graph)
    let reference = ReferencePlan(
      graph: setting.graph, inputs: setting.inputs, batch: batch, mode: .training,
      variables: exact, gradientInputs: [0, 1])
    let fast = try Execution.compile(
      setting.graph, inputs: setting.inputs, batch: batch, mode: .training, precision: precision,
      variables: single, gradientInputs: [0, 1])
    func draw(_ count: Int, _ purpose: String) -> [Double] {
      let values: [Float] = randomValues(count, purpose: purpose)
      // What bf16 holds exactly, so that a maximum is the same on both sides.
      return values.map { Double(Float(bitPattern: $0.bitPattern & 0xffff_0000)) }
    }
    var regions = setting.randomRegions(batch: batch)
    if let extra { regions[0][1] = extra }
    let inputs =
      setting.inputs.dropLast().enumerated().map { draw(batch * $1.count, "map \($0)") }
      + [setting.plain(regions)]
    let gradient = draw(batch * reference.outputShapes[0].count, "gradient")
    let expected = runStep(
      reference, variables: exact, inputs: inputs, outputGradients: [gradient])
    let actual = runStep(fast, variables: single, inputs: inputs, outputGradients: [gradient])
    #expect(relativeError(actual.outputs[0], expected.outputs[0]) < tolerance)
    for map in 0..<2 {
      let error = relativeError(actual.inputGradients[map]!, expected.inputGradients[map]!)
      #expect(error < tolerance, "map \(map)")
    }
  }
}

/// One region pooling as a graph: maps, then regions.
struct RegionSetting {
  var maps: [Shape]
  /// Regions a picture.
  var capacity: Int
  var pooling = RegionPooling(strides: [4])

  var graph: Graph {
    let names = maps.enumerated().map { ("map\($0)", $1.channels) }
    return Graph.trace(inputs: names + [("regions", RegionPooling.regionChannels)]) { values in
      Value.pooled(values[maps.count], from: Array(values[..<maps.count]), pooling)
        .output("result")
    }
  }

  var inputs: [Shape] {
    maps + [Shape(channels: RegionPooling.regionChannels, height: capacity, width: 1)]
  }

  /// `[N, 5, K]` of lists of regions, one a picture.
  func plain(_ regions: [[[Double]]]) -> [Double] {
    regions.flatMap { picture in
      (0..<RegionPooling.regionChannels).flatMap { channel in picture.map { $0[channel] } }
    }
  }

  /// Of all sizes, some partly outside, each third slot empty.
  func randomRegions(batch: Int) -> [[[Double]]] {
    let (height, width) = (Double(maps[0].height * 4), Double(maps[0].width * 4))
    return (0..<batch).map { image in
      (0..<capacity).map { slot in
        let draws: [Double] = randomValues(
          5, seed: UInt64(image * capacity + slot), purpose: "regions", in: 0...1)
        let (x, y) = (width * (1.3 * draws[0] - 0.2), height * (1.3 * draws[1] - 0.2))
        let (w, h) = (width * draws[2] * draws[2] + 1, height * draws[3] * draws[3] + 1)
        let index = slot % 3 == 2 ? -1 : (Double(maps.count) * draws[4]).rounded(.down)
        return [index] + [x - w / 2, y - h / 2, x + w / 2, y + h / 2].map { Double(Float($0)) }
      }
    }
  }
}
