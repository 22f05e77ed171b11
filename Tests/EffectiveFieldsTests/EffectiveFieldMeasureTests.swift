import Detectors
import EffectiveFields
import Execution
import Networks
import RandomNumbers
import ReceptiveFields
import Testing

/// A network of one output, with its report and the measured map.
private struct Measured {
  var report: ReceptiveFieldReport
  var map: GradientMap
  var field: EffectiveField
  var measure: EffectiveFieldMeasure

  init(
    _ graph: Graph, size: Extent, pictures: Int = 1, seed: UInt64 = 0,
    _ fill: (TensorStore<Float>) -> Void = { _ in }
  ) throws {
    let picture = graph.pictureShape(size)
    let report = ReceptiveFieldReport(
      model: "m", analysis: FieldAnalysis(graph, inputs: [picture]))
    let variables = Variables<Float>(graph, seed: seed)
    fill(variables.parameters)
    let measure = try EffectiveFieldMeasure(
      graph, picture: picture, report: report, variables: variables, seed: seed)
    for index in 0..<pictures {
      var generator = KeyedGenerator(seed: seed, purpose: "picture", index)
      let pixels = (0..<picture.count).map { _ in Float(generator.uniform()) }
      pixels.withUnsafeBufferPointer { measure.add($0.baseAddress!) }
    }
    (self.report, self.measure) = (report, measure)
    map = measure.maps[0]
    field = try #require(measure.fields(report)[report.levels[0].name])
  }

  var all: [Double] {
    (0..<map.height).flatMap { row in (0..<map.width).map { map[row, $0] } }
  }
}

private func stack(_ depth: Int, kernel: Extent = 3) -> Graph {
  Graph.trace(channels: 1) { x in
    var x = x
    for index in 0..<depth {
      x = x.through("\(index)", Convolution(channels: 1, kernel: kernel, hasBias: false))
    }
    x.output("p0.box")
  }
}

@Suite(.serialized) struct EffectiveFieldMeasureTests {
  @Test func oneConvolutionShowsItsWeights() throws {
    // Weights −4 … 4 row by row; one picture channel, and the middle cell of 7×7 is (3, 3).
    let measured = try Measured(stack(1), size: 7) { parameters in
      for index in 0..<9 { parameters[0][index] = Float(index - 4) }
    }
    for row in 0..<7 {
      for column in 0..<7 {
        let (y, x) = (row - 2, column - 2)
        let isSeen = (0..<3).contains(y) && (0..<3).contains(x)
        #expect(measured.map[row, column] == (isSeen ? Double(abs(3 * y + x - 4)) : 0))
      }
    }
    #expect(measured.field.cell == [3, 3])
    #expect(measured.map.center == AxisPair(3.5, 3.5))
  }

  @Test func squaresOfAnEvenFieldByHand() throws {
    // Nine equal weights: a square of side s ≤ 3 holds s² / 9.
    let field = try Measured(stack(1), size: 7) { $0.fill(1) }.field
    #expect(abs(field.diameter50 - 3 * 0.5.squareRoot()) < 1e-5)
    #expect(abs(field.diameter90 - 3 * 0.9.squareRoot()) < 1e-5)
    #expect(abs(field.diameter95 - 3 * 0.95.squareRoot()) < 1e-5)
    #expect(abs(field.share90 - 0.9.squareRoot()) < 1e-5)
    #expect(abs(field.shift.vertical) < 1e-12 && abs(field.shift.horizontal) < 1e-12)
  }

  @Test(arguments: [1, 4, 9, 16]) func evenStacksAreBinomial(_ depth: Int) throws {
    // Each 3-tap mean has variance (1 + 0 + 1) / 3; variances of independent steps add up.
    let side = 2 * depth + 5
    let measured = try Measured(stack(depth), size: Extent(side)) { $0.fill(1 / 9) }
    let expected = (Double(depth) * 2 / 3).squareRoot()
    #expect(abs(measured.field.sigma.vertical - expected) < 1e-4)
    #expect(abs(measured.field.sigma.horizontal - expected) < 1e-4)
    if depth == 16 {
      // Nearly Gaussian: ±1.0519σ holds √½ of one axis, hence half of both.
      let gaussian = 2 * 1.0519 * (expected * expected + 1.0 / 12).squareRoot()
      #expect(abs(measured.field.diameter50 - gaussian) < 0.02 * gaussian)
      // Far smaller than the theoretical field of 33.
      #expect(measured.field.share90 < 0.5)
    }
  }

  @Test func axesAreNotExchanged() throws {
    let graph = stack(2, kernel: Extent(height: 1, width: 5))
    let measured = try Measured(graph, size: Extent(height: 9, width: 13)) { $0.fill(0.2) }
    #expect(measured.field.sigma.vertical == 0)
    // Five taps: variance (4 + 1 + 0 + 1 + 4) / 5 = 2, twice.
    #expect(abs(measured.field.sigma.horizontal - 2) < 1e-5)
  }

  @Test func channelsDoNotCancel() throws {
    // Two outputs channels of opposite weights: their sum has no gradient at all.
    let graph = Graph.trace(channels: 1) { x in
      x.through("c", Convolution(channels: 2, kernel: 1, hasBias: false)).output("p0.box")
    }
    let measured = try Measured(graph, size: 3, pictures: 64) { parameters in
      (parameters[0][0], parameters[0][1]) = (1, -1)
    }
    // ±1 ± 1 is 2 half of the time, and 0 else.
    #expect(measured.map[1, 1] > 0.6 && measured.map[1, 1] < 1.4)
  }

  @Test func normsDoNotSeeTheWholePicture() throws {
    let graph = Graph.trace(channels: 1) { x in
      x.through("c", Convolution(channels: 4, kernel: 3, hasBias: false))
        .through("n", BatchNorm()).activated(.silu).output("p0.box")
    }
    let measured = try Measured(graph, size: 9, pictures: 3)
    #expect(measured.all.count { $0 > 0 } == 9)
  }

  /// Strides, resizing, joins and gates of the presets' levels: no pixel outside the theoretical
  /// field has a gradient.
  @Test(arguments: [Preset.nano, .tinyRetina, .fasterResNet18])
  func gradientsLieInTheTheoreticalField(_ preset: Preset) throws {
    let graph = preset.settings.head.head.pictureGraph(
      of: try preset.settings.graph(classCount: 1))
    let picture = graph.pictureShape(Extent(height: 192, width: 256))
    let analysis = FieldAnalysis(graph, inputs: [picture])
    let report = ReceptiveFieldReport(model: "m", analysis: analysis)
    let measure = try EffectiveFieldMeasure(
      graph, picture: picture, report: report, variables: Variables<Float>(graph, seed: 1), seed: 1)
    let pixels = (0..<picture.count).map { Float($0 % 97) / 97 }
    pixels.withUnsafeBufferPointer { measure.add($0.baseAddress!) }
    #expect(measure.subjects.map(\.level) == report.levels.map(\.name))
    for (subject, map) in zip(measure.subjects, measure.maps) {
      let seen = try #require(
        analysis.support(
          of: graph.outputs[subject.output], row: subject.row, column: subject.column,
          gates: .attached))
      var (inside, outside) = (0, 0)
      for row in 0..<picture.height {
        for column in 0..<picture.width where map[row, column] > 0 {
          if seen.rows.contains(row) && seen.columns.contains(column) {
            inside += 1
          } else {
            outside += 1
          }
        }
      }
      #expect(outside == 0 && inside > 0, "\(subject.level)")
    }
  }

  @Test func batchStatisticsAreTakenAsTheyAre() throws {
    let graph = Graph.trace(channels: 1) { x in x.through("n", BatchNorm()).output("p0.box") }
    let variables = Variables<Float>(graph, seed: 0)
    // Mean 3; squares around it 9 + 1 + 1 + 9, of which the unbiased variance is a third.
    try variables.takeStatistics(
      of: [0, 2, 4, 6], batch: 2, picture: Shape(channels: 1, height: 1, width: 2), graph)
    #expect(abs(variables.buffers[0][0] - 3) < 1e-4)
    #expect(abs(variables.buffers[1][0] - 20 / 3) < 1e-4)
  }

  @Test func deadNetworksHaveNoField() throws {
    let graph = stack(1)
    let picture = graph.pictureShape(5)
    var report = ReceptiveFieldReport(
      model: "m", analysis: FieldAnalysis(graph, inputs: [picture]))
    let variables = Variables<Float>(graph, seed: nil)
    let measure = try EffectiveFieldMeasure(
      graph, picture: picture, report: report, variables: variables, seed: 0)
    let pixels = [Float](repeating: 1, count: picture.count)
    pixels.withUnsafeBufferPointer { measure.add($0.baseAddress!) }
    #expect(measure.fields(report).isEmpty)
    report.take(
      measure.fields(report),
      ReceptiveFieldReport.EffectiveMeasurement(weights: "w", pictures: "p"), objects: nil)
    #expect(report.findings.contains { $0.message.hasPrefix("p0 has no effective field") })
  }

  @Test func verdictsGoByTheMeasuredField() throws {
    let measured = try Measured(stack(8), size: 21) { $0.fill(1) }
    var report = measured.report
    let high = measured.field.diameter90
    // The rule's shares are 0.1 and 0.5: the lower bound is a fifth of the upper one.
    let sides = [high / 5 - 0.01, high / 5 + 0.01, high - 0.01, high + 0.01]
    report.take(
      ["p0": measured.field],
      ReceptiveFieldReport.EffectiveMeasurement(weights: "w", pictures: "p"),
      objects: sides.map { ObjectSize(width: $0, height: $0) })
    #expect(report.levels[0].effectiveShare == 0.5)
    #expect(report.effective?.shareInNone == 0.5 && report.effective?.shareAbove == 0.25)
    #expect(
      report.findings.contains {
        $0.message.hasPrefix("25.0 % of objects (1) are larger than the largest effective field")
      })
    #expect(report.effective?.shareBelow == 0.25)
    #expect(
      report.findings.contains {
        $0.message.hasPrefix("25.0 % of objects (1) are smaller than 0.2 of the smallest effective")
      })
    // By the theoretical field of 17 pixels the bounds are 1.7 and 8.5.
    #expect(report.levels[0].objectRange.high == 8.5)
  }
}
