import Detectors
import Networks
import Testing

@Suite struct NeckTests {
  private func shapes(_ neck: String, strides: [Int]) throws -> [Shape] {
    let yaml = """
      strides: \(strides)
      backbone: {type: residual, widths: [16, 16, 16, 32]}
      neck: \(neck)
      """
    let settings = try ModelSettings(yaml: yaml, file: "model.yaml")
    let graph = try settings.graph(classCount: 2)
    #expect(graph.deadEnds.isEmpty)
    let all = graph.shapes(inputs: [Shape(channels: 3, height: 128, width: 192)])
    return stride(from: 0, to: graph.outputs.count, by: 2).map { all[graph.outputs[$0]] }
  }

  /// With a stride-4 level, and with one of stride 64 that the backbone has not.
  @Test(arguments: [[8, 16, 32], [4, 8, 16, 32], [8, 16, 32, 64], [4, 8, 16, 32, 64]])
  func everyNeckGivesEveryLevel(strides: [Int]) throws {
    let widths = strides.map { _ in 16 }
    let necks = [
      "{type: featurePyramid, channels: 16}", "{type: pathAggregation, widths: \(widths)}",
      "{type: bidirectionalPyramid, channels: 16}",
      "{type: bidirectionalPyramid, channels: 16, isSeparable: false, depth: 1}",
    ]
    for neck in necks {
      let levels = try shapes(neck, strides: strides)
      #expect(levels.map(\.height) == strides.map { 128 / $0 }, "\(neck)")
      #expect(levels.map(\.width) == strides.map { 192 / $0 }, "\(neck)")
    }
  }

  /// Three levels: down1 and out0 on the way down, out1 and out2 on the way up; out1 takes three values.
  @Test func aBidirectionalRoundFusesByLearnedShares() throws {
    let settings = try ModelSettings(
      yaml: "neck: {type: bidirectionalPyramid, channels: 16, depth: 2}", file: "model.yaml")
    let graph = try settings.graph(classCount: 2)
    let shares = graph.parameters.filter { $0.name.hasSuffix("fuse.weight") }
    #expect(
      shares.map(\.name)
        == (0..<2).flatMap { round in
          ["down1", "out0", "out1", "out2"].map { "neck.\(round).\($0).fuse.weight" }
        })
    #expect(shares.map(\.shape) == [[2], [2], [3], [2], [2], [2], [3], [2]])
  }

  @Test func levelsMayBeEnlargedBetweenCells() throws {
    for neck in ["featurePyramid", "pathAggregation", "bidirectionalPyramid"] {
      let settings = try ModelSettings(
        yaml: "neck: {type: \(neck), enlarging: bilinear}", file: "model.yaml")
      let modes = try settings.graph(classCount: 2).nodes.compactMap { node -> ResizeMode? in
        if case .resize(let resize) = node.operation { resize.mode } else { nil }
      }
      #expect(!modes.isEmpty && modes.allSatisfy { $0 == .bilinear }, "\(neck)")
    }
  }

  @Test func levelsMayBeEnlargedByWhatIsLearned() throws {
    for neck in ["featurePyramid", "pathAggregation", "bidirectionalPyramid"] {
      let settings = try ModelSettings(
        yaml: "neck: {type: \(neck), enlarging: transposed}", file: "model.yaml")
      let graph = try settings.graph(classCount: 2)
      #expect(graph.deadEnds.isEmpty)
      #expect(graph.parameters.contains { $0.name.hasSuffix("enlarge0.conv.weight") }, "\(neck)")
      let shapes = graph.shapes(inputs: [Shape(channels: 3, height: 64, width: 96)])
      #expect(graph.outputs.map { shapes[$0].height } == [8, 8, 4, 4, 2, 2])
    }
  }

  /// A level that is added and enlarged again needs sizes in multiples of its stride.
  @Test func sizesFollowAddedLevels() throws {
    func multiple(_ neck: String) throws -> Int {
      try ModelSettings(yaml: "strides: [8, 16, 32, 64]\nneck: \(neck)", file: "m").sizeMultiple
    }
    #expect(try multiple("{widths: [16, 16, 16, 16]}") == 64)
    #expect(try multiple("{type: bidirectionalPyramid}") == 64)
    #expect(try multiple("{type: featurePyramid}") == 32)
  }

  @Test func everyFusionTakesAttention() throws {
    let settings = try ModelSettings(
      yaml: "neck: {type: bidirectionalPyramid, attention: {type: eca, inBlocks: true}}", file: "m")
    let names = try settings.graph(classCount: 2).parameters.map(\.name)
    // Two rounds of four.
    #expect(
      names.count { $0.contains(".eca.") } == 8
        && names.contains { $0.hasPrefix("neck.1.out2.eca.") })
  }

  @Test(arguments: [
    ("{type: bidirectionlPyramid}", "did you mean bidirectionalPyramid?"),
    ("{type: bidirectionalPyramid, widths: [8]}", "line 1: unknown key neck.widths"),
    ("{type: bidirectionalPyramid, depth: 0}", "line 1: neck.depth must be positive"),
    ("{type: bifpn}", "line 1: neck.type knows no \"bifpn\"; did you mean bidirectionalPyramid?"),
    ("{type: FPN}", "did you mean featurePyramid?"), ("{type: pan}", "mean pathAggregation?"),
    ("{drop: {type: dropPath, rate: 0.9}}", "neck.drop.type dropPath needs residual blocks, and"),
    (
      "{depth: 0, attention: {type: eca, inBlocks: true}}",
      "line 1: neck.attention.inBlocks needs blocks to stand in, and neck.depth is 0"
    ),
    (
      "{widths: [64]}\nstrides: [32]",
      "line 1: neck.type pathAggregation joins levels, and strides [32] make one"
    ),
    ("{type: bidirectionalPyramid}\nstrides: [32]", "bidirectionalPyramid joins levels"),
    (
      "{type: featurePyramid, attention: {type: eca, inBlocks: true}}",
      "needs blocks, which featurePyramid has none of; name strides in after"
    ),
    (
      "{attention: {type: selectiveKernel, branches: 1, reduction: 8, after: [8]}}",
      "line 1: neck.attention.reduction has no effect with branches: 1"
    ),
    ("{widths: [16, 16]}", "line 1: neck.widths has 2 entries; one for each of the 3 strides"),
  ])
  func mistakesAreNamedWithPlaceAndRemedy(_ yaml: String, _ message: String) {
    do {
      _ = try ModelSettings(yaml: "neck: \(yaml)", file: "model.yaml")
      Issue.record("no error for \(yaml)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }
}
