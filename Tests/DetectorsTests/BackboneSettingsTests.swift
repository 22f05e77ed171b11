import Detectors
import Execution
import Networks
import TestSupport
import Testing

@Suite struct BackboneSettingsTests {
  private static let parts = "neck: {type: featurePyramid, channels: 32}\nhead: {type: anchor}\n"

  private func settings(_ backbone: String, strides: String = "[4, 8, 16, 32]") throws
    -> ModelSettings
  {
    try ModelSettings(
      yaml: "strides: \(strides)\n\(Self.parts)backbone: \(backbone)\n", file: "model.yaml")
  }

  @Test(arguments: BackboneSettings.architectures.map(\.name))
  func everyOneGivesFeaturesAtStrides4To32(_ name: String) throws {
    let settings = try settings("{type: \(name), scale: {width: 0.5, depth: 0.5}}")
    #expect(settings.backbone.backbone.strides == [4, 8, 16, 32])
    let graph = try settings.graph(classCount: 2)
    #expect(graph.deadEnds.isEmpty)
    let shapes = graph.shapes(inputs: [Shape(channels: 3, height: 64, width: 96)])
    let sides = graph.outputs.map { shapes[$0].height }
    #expect(sides == [16, 16, 8, 8, 4, 4, 2, 2])
    #expect(try ModelSettings(yaml: settings.yaml, file: "again") == settings)
  }

  private static let attentions = [
    "squeezeExcitation", "selectiveKernel", "cbam", "eca", "selfAttention",
  ]

  private func graph(
    _ name: String, attention: String, scale: String = "{width: 0.5, depth: 0.3}",
    _ more: String = ""
  ) throws -> Graph {
    try ModelSettings(
      yaml: """
        strides: [4, 8, 16, 32]
        backbone: {type: \(name), scale: \(scale), attention: \(attention)}
        \(Self.parts)\(more)
        """, file: "model.yaml"
    ).graph(classCount: 2)
  }

  /// What a backbone has with an attention and not without; what it has without, but for convolutions
  /// whose place a selective kernel takes, it has with one.
  private func added(_ name: String, _ attention: String) throws -> Set<String> {
    let graph = try graph(name, attention: attention)
    #expect(graph.deadEnds.isEmpty)
    let plain = Set(try self.graph(name, attention: "{type: none, after: []}").parameters)
    let missing = plain.subtracting(graph.parameters)
    #expect(missing.isEmpty || attention.contains("selectiveKernel, inBlocks"))
    return Set(graph.parameters).subtracting(plain).reduce(into: []) { $0.insert($1.name) }
  }

  @Test(arguments: BackboneSettings.architectures.map(\.name), attentions)
  func everyOneTakesAttentionBehindItsStages(_ name: String, _ type: String) throws {
    let added = try added(name, "{type: \(type), after: [8, 32]}")
    #expect(Set(added.map { $0.split(separator: ".")[1] }).count == 2)
  }

  /// In every layer, whatever the backbone calls one.
  @Test(arguments: BackboneSettings.architectures.map(\.name), attentions)
  func everyOneTakesAttentionInItsBlocks(_ name: String, _ type: String) throws {
    #expect(try added(name, "{type: \(type), inBlocks: true}").count >= 4)
  }

  /// The block's own gate is called as an inserted one would be.
  @Test func gatesBesideTheTablesHavePathsOfTheirOwn() throws {
    let names = try added("mobilenetV3Large", "{type: squeezeExcitation, inBlocks: true}")
    #expect(names.contains("backbone.stage4.0.attention.se.squeeze.weight"))
    #expect(names.contains("backbone.stage1.0.se.squeeze.weight"))
  }

  /// Zeroed branches give nothing, whatever is in them: every sum of the backbone is its shortcut.
  @Test(arguments: BackboneSettings.architectures.map(\.name), ["none"] + attentions)
  func everyResidualOneBeginsAsItsShortcuts(_ name: String, _ type: String) throws {
    let place = type == "none" ? "after: []" : "inBlocks: true"
    // Narrow blocks have few channels for heads.
    let heads = type == "selfAttention" ? ", heads: 1" : ""
    let attention = "{type: \(type)\(heads), \(place)}"
    let scale = "{width: 0.25, depth: 0.6}"
    let graph: Graph
    do {
      graph = try self.graph(
        name, attention: attention, scale: scale, "initialization: {zeroesResiduals: true}\n")
    } catch {
      let isWithout = ["vgg", "dense", "rep", "mobilenetV1"].contains { name.hasPrefix($0) }
      let endsInRelu =
        type == "selectiveKernel"
        && ["residual", "resnet18", "resnet34", "mobile", "mobilenet"].contains {
          name.hasPrefix($0)
        }
      #expect(isWithout || endsInRelu, "\(error)")
      #expect("\(error)".contains(isWithout ? "has no effect: no residual branch" : "is a relu"))
      return
    }
    let plain = try self.graph(name, attention: "{type: none, after: []}", scale: scale)
    let sums = plain.nodes.count {
      if case .addition = $0.operation { $0.name.hasPrefix("backbone.") } else { false }
    }
    #expect(graph.residualBranches.count == sums)
    try expectIndependence(of: graph.parametersBehindZeroScales, graph)
  }

  /// A finer level and a coarser one, enlarged by what is learned.
  @Test func sumsOfPyramidsAreNoResidualBranches() throws {
    let neck = "neck: {type: featurePyramid, enlarging: transposed}\n"
    let zeroes = "initialization: {zeroesResiduals: true}\n"
    let settings = try ModelSettings(
      yaml: "backbone: {type: resnet18, attention: {type: none, after: []}}\n" + neck + zeroes,
      file: "model.yaml")
    let graph = try settings.graph(classCount: 2)
    let norms = graph.residualBranches.flatMap(\.norms).map { graph.nodes[$0].name }
    #expect(norms.count == 8 && norms.allSatisfy { $0.hasPrefix("backbone.") }, "\(norms)")
    let error = #expect(throws: SettingsError.self) {
      try ModelSettings(yaml: "backbone: {type: vgg11}\n" + neck + zeroes, file: "model.yaml")
    }
    #expect("\(error!)".contains("no residual branch"), "\(error!)")
  }

  private func expectIndependence(of parameters: Set<Int>, _ graph: Graph) throws {
    let input = Shape(channels: 3, height: 64, width: 64)
    let variables = Variables<Float>(graph)
    let plan = try compile(
      graph, inputs: [input], batch: 1, mode: .inference, variables: variables)
    let pixels = counterValues(name: "image", count: input.count).map { Float($0) }
    func outputs() -> [[Float]] {
      plan.reloadVariables()
      return pixels.withUnsafeBufferPointer { pixels in
        Engine.shared.run {
          plan.bind(input: 0, to: pixels.baseAddress!)
          plan.forward(RunArguments())
          return plan.outputShapes.enumerated().map { index, shape in
            Array(UnsafeBufferPointer(start: plan.output(index), count: shape.count))
          }
        }
      }
    }
    let before = outputs()
    for index in parameters {
      for place in variables.parameters[index].indices {
        variables.parameters[index][place] += 0.5 * Float(place % 3 - 1)
      }
    }
    #expect(parameters.count >= 8 && outputs() == before)
  }

  /// Every convolution that would add zeros has what its borders continue in front of it instead.
  @Test(arguments: BackboneSettings.architectures.map(\.name), ["reflect", "replicate"])
  func everyOneContinuesItsBorders(_ name: String, _ mode: String) throws {
    func graph(_ mode: String) throws -> Graph {
      try settings("{type: \(name), scale: {width: 0.5, depth: 0.3}, padding: \(mode)}")
        .graph(classCount: 2)
    }
    let (zeros, other) = (try graph("zeros"), try graph(mode))
    let input = [Shape(channels: 3, height: 128, width: 192)]
    let shapes = (zeros.shapes(inputs: input), other.shapes(inputs: input))
    #expect(zeros.outputs.map { shapes.0[$0] } == other.outputs.map { shapes.1[$0] })
    #expect(zeros.parameters.map(\.name) == other.parameters.map(\.name))
    let pads = other.nodes.count { if case .borderPadding = $0.operation { true } else { false } }
    #expect(pads == other.nodes.count - zeros.nodes.count && pads > 4)
    #expect(other.widestBorder(under: "backbone.") == 0)
  }

  @Test func sizesThatCannotBeReflectedAreNamed() throws {
    let settings = try settings("{type: vgg16, padding: reflect}")
    try settings.check(size: Extent(32))
    // Of stride 32 there is a pool alone; of ResNet-50 a cell, and 3×3 convolutions over it.
    let error = #expect(throws: SettingsError.self) {
      try self.settings("{type: resnet50, padding: reflect}").check(size: Extent(32))
    }
    #expect(
      "\(error!)".contains("size 32×32 leaves backbone.stage4.1.conv2.conv.pad a value of 1×1"))
    try self.settings("{type: resnet50, padding: replicate}").check(size: Extent(32))
  }

  /// 64 channels and 6 · 32 make 256, halved 128 and 12 · 32 make 512, 1024 and 1024.
  @Test func groupsMeetTheChannelsOfDenseStages() throws {
    let graph = try settings(
      "{type: densenet121, attention: {type: selectiveKernel, groups: 64, after: [4, 8, 16, 32]}}"
    ).graph(classCount: 2)
    let widths = graph.nodes.filter { $0.name.hasSuffix("sk.branch1.conv") }.map(\.channels)
    #expect(widths == [256, 512, 1024, 1024])
  }

  /// Half of [3, 1, 1, 1], rounded, makes 2 and three times 1: 2, 3, 4 and 5 fifths of the rate.
  @Test func pathsDropByTheDepthThereIs() throws {
    let graph = try settings(
      "{type: resnet18, depths: [3, 1, 1, 1], scale: {depth: 0.5}, drop: {type: dropPath, rate: 0.5}}"
    ).graph(classCount: 2)
    let rates = graph.nodes.compactMap { node -> Float? in
      if case .dropout(let dropout) = node.operation { dropout.rate } else { nil }
    }
    #expect(rates.map { ($0 * 10).rounded() } == [2, 2, 3, 4, 5])
  }

  @Test func widthsGoToTheNearestMultipleOf8() throws {
    // 0.3 · 64 = 19.2 → 16 would take away more than a tenth: 24. 0.5 of 3 blocks: 2.
    let graph = try settings(
      "{type: resnet18, depths: [3, 1, 1, 1], scale: {width: 0.3, depth: 0.5}}"
    ).graph(classCount: 2)
    let stem = graph.parameters.first { $0.name == "backbone.stem.conv.weight" }
    #expect(stem?.shape == [24, 3, 7, 7])
    #expect(graph.parameters.contains { $0.name == "backbone.stage1.1.conv1.conv.weight" })
    #expect(!graph.parameters.contains { $0.name == "backbone.stage1.2.conv1.conv.weight" })
  }

  @Test(arguments: ["resnext50", "resnext101"], [0.1, 0.25, 0.33, 0.5, 0.75])
  func groupsDivideTheInnerChannelsAtEveryWidth(_ name: String, _ width: Double) throws {
    let graph = try settings("{type: \(name), scale: {width: \(width), depth: 0.3}}")
      .graph(classCount: 2)
    #expect(graph.deadEnds.isEmpty)
    let grouped = graph.nodes.compactMap { node -> Int? in
      guard case .convolution(let convolution) = node.operation, convolution.groups > 1 else {
        return nil
      }
      #expect(convolution.groups == 32)
      return convolution.channels
    }
    #expect(grouped.count >= 4 && grouped.allSatisfy { $0 > 0 && $0 % 32 == 0 })
  }

  /// 88, 168, 336 and 672 channels; their halves 44, 84, 168 and 336 in multiples of 32.
  @Test func innerChannelsGoToTheNearestMultipleOfTheGroups() throws {
    func inner(_ backbone: String) throws -> [Int] {
      try settings(backbone).graph(classCount: 2).nodes
        .filter { $0.name.hasSuffix(".0.conv2.conv") }.map(\.channels)
    }
    #expect(try inner("{type: resnext50, scale: {width: 0.33}}") == [32, 96, 160, 352])
    #expect(try inner("{type: resnext50}") == [128, 256, 512, 1024])
  }

  @Test(arguments: [
    "{type: resnext50, groups: 24, innerShare: 0.46875}",
    "{type: resnet50, groups: 3, widths: [96, 160, 224, 256], innerShare: 0.09375}",
  ])
  func theShareThatWouldDoDoes(_ backbone: String) {
    #expect(throws: Never.self) { try settings(backbone) }
  }

  @Test(arguments: [
    ("{type: resnet60}", "line 4: backbone.type knows no \"resnet60\"; did you mean resnet50?"),
    ("{type: mobilenetV3Lrge}", "did you mean mobilenetV3Large?"),
    ("{type: densenet121, widths: [3]}", "line 4: unknown key backbone.widths; "),
    ("{type: resnet18, groups: 2}", "line 4: backbone.groups needs block: bottleneck"),
    (
      "{type: resnext50, groups: 24}",
      "line 4: backbone.innerShare makes 128 of 256 channels, which 24 groups do not divide; 0.46875 "
        + "would do"
    ),
    (
      "{type: resnet50, groups: 3, widths: [96, 160, 224, 256], innerShare: 0.01}",
      "makes 1 of 96 channels, which 3 groups do not divide; 0.09375 would do"
    ),
    ("{type: vgg16, depths: [1, 2]}", "line 4: backbone.depths has 2 entries; one for each of"),
    ("{type: darknet53, scale: {width: 0}}", "line 4: backbone.scale.width must be 0.01 … 16"),
    ("{type: mobile, version: v4}", "backbone.version knows no \"v4\"; did you mean v1?"),
    ("{type: dense, compression: 2}", "backbone.compression must be above 0 and at most 1"),
    ("{type: cspDarknet, firstKernel: 2}", "backbone.firstKernel must be odd, got 2"),
    (
      "{type: darknet53, attention: {type: selectiveKernel, groups: 64, inBlocks: true}}",
      "line 4: backbone.attention.groups must divide the channels; 64 and 32 are met"
    ),
    (
      "{type: densenet121, attention: {type: selectiveKernel, groups: 3, after: [32]}}",
      "line 4: backbone.attention.groups must divide the channels; 3 and 256 are met"
    ),
    ("{type: vgg16, drop: {type: dropPath}}", "backbone.drop.type dropPath needs residual blocks"),
    ("{type: resnet18, stem: 100000000}", "backbone.stem must be at most 65536, got 100000000"),
    (
      "{type: resnet18, depths: [3000000, 1, 1, 1]}",
      "line 4: backbone.depths must be at most 1024, got 3000000"
    ),
    ("{type: vgg16, scale: {width: .nan}}", "backbone.scale.width must be a finite number, got"),
    (
      "{type: resnet18, widths: [64, 64, 64, 65536], scale: {width: 2}}",
      "line 4: backbone.scale.width makes 131072 channels of 65536"
    ),
    (
      "{type: crossStage, depths: [0, 0, 0, 0], drop: {type: dropPath}, attention: {type: none, after: []}}",
      "line 4: backbone.drop.type needs blocks to stand in, and all depths are 0"
    ),
    (
      "{type: vgg16, hasNorm: false, norm: {type: group}}",
      "line 4: backbone.norm has no effect with hasNorm: false; remove it"
    ),
    (
      "{type: mobilenetV1, endsWide: true}",
      "line 4: backbone.endsWide has no effect with version: v1"
    ),
    (
      "{type: resnet18, padding: reflected}",
      "backbone.padding knows no \"reflected\"; did you mean ref"
    ),
    (
      "{type: resnet18, stemKernel: 131, padding: reflect}",
      "line 4: backbone.padding reflect adds 64"
    ),
    ("{type: resnet18, innerShare: 0.5}", "backbone.innerShare has no effect with block: basic"),
  ])
  func mistakesAreNamedWithPlaceAndRemedy(_ yaml: String, _ message: String) {
    do {
      _ = try settings(yaml)
      Issue.record("no error for \(yaml)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
      #expect(!"\(error)".contains("\n"))
    }
  }

  @Test func aLevelThatTheBackboneDoesNotGiveIsNamed() {
    do {
      _ = try settings("{type: resnet18}", strides: "[2, 4, 8, 16, 32]")
      Issue.record("no error")
    } catch {
      let expected =
        "model.yaml, line 1: strides must begin at one of the backbone's strides [4, 8, 16, 32]"
      #expect("\(error)".contains(expected), "\(error)")
    }
  }
}
