import Boxes
import Detectors
import Networks
import Testing

@Suite struct PresetTests {
  @Test(arguments: Preset.allCases)
  func everythingTracedIsUsed(_ preset: Preset) throws {
    let graph = try preset.settings.graph(classCount: 3)
    #expect(graph.deadEnds.isEmpty)
  }

  private static let dense = Preset.allCases.filter { $0 != .fasterResNet18 }

  @Test(arguments: dense)
  func outputsHaveTheLevelsShapes(_ preset: Preset) throws {
    let settings = preset.settings
    let graph = try settings.graph(classCount: 3)
    let shapes = graph.shapes(inputs: [Shape(channels: 3, height: 320, width: 256)])
    let names = settings.strides.flatMap { stride in
      ["class", "box"].map { "\(levelName(stride: stride)).\($0)" }
    }
    #expect(graph.outputs.count == names.count)
    for (index, output) in graph.outputs.enumerated() {
      guard case .output(let operation) = graph.nodes[output].operation else {
        Issue.record("not an output")
        continue
      }
      #expect(operation.name == names[index])
      let stride = settings.strides[index / 2]
      #expect(shapes[output].height == (320 + stride - 1) / stride)
      #expect(shapes[output].width == (256 + stride - 1) / stride)
    }
  }

  @Test(arguments: dense)
  func classesStartAtTheirPrior(_ preset: Preset) throws {
    let parameters = try preset.settings.graph(classCount: 3).parameters
    let biases = parameters.filter { $0.name.hasSuffix("class.predict.bias") }
    #expect(!biases.isEmpty)
    for bias in biases {
      guard case .constant(let value) = bias.initializer else {
        Issue.record("\(bias.name) is drawn")
        continue
      }
      // log(0.01 / 0.99)
      #expect(abs(value + 4.595_12) < 1e-4)
    }
  }

  @Test func nanoIsSmall() throws {
    let graph = try Preset.nano.settings.graph(classCount: 80)
    #expect(graph.parameters.map(\.count).reduce(0, +) < 4_000_000)
    let shapes = graph.shapes(inputs: [Shape(channels: 3, height: 320, width: 320)])
    let multiplyAdds = graph.multiplyAdds(shapes).reduce(0, +)
    // Half to two thirds of YOLOv8n's 1.09·10⁹ at this size, and a little.
    #expect((600_000_000...900_000_000).contains(multiplyAdds))
  }

  @Test func nanoHasChannelsInMultiplesOf16AndNoGroups() throws {
    let graph = try Preset.nano.settings.graph(classCount: 16)
    for node in graph.nodes {
      guard case .convolution(let convolution) = node.operation else { continue }
      #expect(convolution.groups == 1, "\(node.name)")
      #expect(convolution.channels % 16 == 0 || node.name.contains("box.predict"), "\(node.name)")
    }
  }
}

@Suite struct ModelSettingsTests {
  @Test(arguments: Preset.allCases)
  func yamlHoldsEverything(_ preset: Preset) throws {
    var settings = preset.settings
    settings.name = "mine"
    let back = try ModelSettings(yaml: settings.yaml, file: "model.yaml")
    #expect(back == settings)
  }

  @Test(arguments: BoxLoss.allCases) func everyBoxLossHasItsHead(_ loss: BoxLoss) throws {
    let anchor = "head: {type: anchor, isShared: false, boxLoss: \(loss.rawValue)}\n"
    #expect(throws: Never.self) { try ModelSettings(yaml: anchor, file: "model.yaml") }
    let point = "head: {boxLoss: \(loss.rawValue)}\n"
    guard loss.overlap == nil else {
      #expect(throws: Never.self) { try ModelSettings(yaml: point, file: "model.yaml") }
      return
    }
    #expect(throws: SettingsError.self) { try ModelSettings(yaml: point, file: "model.yaml") }
  }

  @Test(arguments: InitializationSettings.Weights.allCases)
  func initializationIsReadFromYAML(_ weights: InitializationSettings.Weights) throws {
    func initializer(_ yaml: String) throws -> Initializer? {
      try ModelSettings(yaml: yaml, file: "model.yaml").graph(classCount: 2).parameters
        .first { $0.name == "backbone.stage1.down.conv.weight" }?.initializer
    }
    let other = try initializer("initialization: {weights: \(weights.rawValue)}\n")
    #expect(try (other == initializer("")) == (weights == .heNormal))
  }

  @Test func residualBranchesOfABackboneStartAtZero() throws {
    let yaml = "backbone: {type: residual}\nhead: {isShared: false}\n"
    func norms(_ yaml: String) throws -> [String] {
      try ModelSettings(yaml: yaml, file: "model.yaml").graph(classCount: 2).parameters
        .filter { $0.name.hasSuffix("norm.weight") && $0.initializer == .constant(0) }.map(\.name)
    }
    #expect(try norms(yaml).isEmpty)
    let zeroed = try norms(yaml + "initialization: {zeroesResiduals: true}\n")
    #expect(zeroed == (1...4).map { "backbone.stage\($0).0.conv2.norm.weight" })
  }

  @Test func initializationWithoutEffectIsRefused() {
    let backbone = "backbone: {depths: [0, 0, 0, 0]}\n"
    for yaml in [
      "initialization: {weights: xavierUniform, fan: out}\n",
      backbone + "neck: {depth: 0}\ninitialization: {zeroesResiduals: true}\n",
    ] {
      #expect(throws: SettingsError.self) {
        try ModelSettings(yaml: yaml, file: "model.yaml").graph(classCount: 2)
      }
    }
  }

  @Test func frozenNormsHaveNoScaleToStartAt() {
    let yaml = """
      backbone: {type: resnet18, norm: {type: frozenBatch}}
      neck: {depth: 0}
      initialization: {zeroesResiduals: true}
      """
    let error = #expect(throws: SettingsError.self) {
      try ModelSettings(yaml: yaml, file: "model.yaml")
    }
    #expect("\(error!)".contains("line 3: initialization.zeroesResiduals has no effect: the norms"))
    #expect("\(error!)".contains("are frozen"), "\(error!)")
  }

  @Test(arguments: [
    "kind: focal, labelSmoothing: 0.1", "kind: bce, labelSmoothing: 1", "kind: focal, alpha: 2",
    "kind: tversky, tverskyAlpha: -1", "kind: hinge",
  ])
  func classificationThatCannotBeIsRefused(_ settings: String) {
    #expect(throws: SettingsError.self) {
      try ModelSettings(yaml: "head: {classification: {\(settings)}}\n", file: "model.yaml")
    }
  }

  @Test(arguments: ClassificationLoss.Kind.allCases)
  func everyKindOfClassificationIsReadFromYAML(_ kind: ClassificationLoss.Kind) throws {
    let yaml = "head: {classification: {kind: \(kind.rawValue)}}\n"
    let settings = try ModelSettings(yaml: yaml, file: "model.yaml")
    guard case .point(let head) = settings.head else {
      Issue.record("not a point head")
      return
    }
    #expect(head.classification.kind == kind)
  }

  @Test func yamlNamesOnlyWhatDiffers() throws {
    let settings = try ModelSettings(
      yaml: "head:\n  channels: 32\n  assigner: {type: simOTA, centerRadius: 1.5}\n",
      file: "model.yaml")
    guard case .point(let head) = settings.head, case .simOTA(let assigner) = head.assigner else {
      Issue.record("not a point head with SimOTA")
      return
    }
    #expect(head.channels == 32 && head.depth == PointHead().depth)
    #expect(assigner.centerRadius == 1.5 && assigner.overlapWeight == 3)
    #expect(settings.backbone == Preset.nano.settings.backbone)
  }

  @Test func partsExchange() throws {
    let yaml = """
      preset: tiny-retina
      strides: [8, 16, 32]
      neck: {type: pathAggregation, widths: [32, 32, 32]}
      head: {type: point, isShared: true, assigner: {type: atss}}
      """
    let settings = try ModelSettings(yaml: yaml, file: "model.yaml")
    let graph = try settings.graph(classCount: 5)
    #expect(graph.deadEnds.isEmpty)
    #expect(graph.parameters.contains { $0.name == "head.class.0.conv.weight" })
    #expect(graph.parameters.contains { $0.name == "head.p4.class.0.norm.weight" })
  }

  private static let anchored = """
    preset: tiny-retina
    strides: [8, 16, 32]
    head:
      depth: 1
      anchors:
        sizes: [[[12.5, 10]], [[20, 40], [40, 20]], [[99.9, 80]]]
    """

  @Test func anchorsOfEachLevelAreGivenInPixels() throws {
    let settings = try ModelSettings(yaml: Self.anchored, file: "model.yaml")
    guard case .anchor(let head) = settings.head else {
      Issue.record("not an anchor head")
      return
    }
    #expect(head.anchors.sizes.map(\.count) == [1, 2, 1])
    #expect(head.anchors.sizes[0] == [AnchorSize(width: 12.5, height: 10)])
    // What is written into weights reads back exactly.
    #expect(try ModelSettings(yaml: settings.yaml, file: "model.yaml") == settings)
    let names = try settings.graph(classCount: 2).parameters.map(\.name)
    // Towers are shared still, the predicting convolutions cannot be.
    #expect(names.contains("head.class.0.conv.weight"))
    #expect(names.contains("head.p4.class.predict.weight"))
    #expect(!names.contains("head.class.predict.weight"))
  }

  @Test func equalNumbersOfAnchorsShareTheirPrediction() throws {
    let yaml = Self.anchored.replacing("[20, 40], [40, 20]", with: "[20, 40]")
    let names = try ModelSettings(yaml: yaml, file: "m").graph(classCount: 2).parameters.map(\.name)
    #expect(names.contains("head.class.predict.weight"))
  }

  @Test(arguments: [
    (
      "head:\n  chanels: 32\n", "line 2: unknown key head.chanels; did you mean channels?"
    ),
    ("nec: {}\n", "line 1: unknown key nec; did you mean neck?"),
    ("head: {type: pont}\n", "head.type knows no \"pont\"; did you mean point?"),
    ("head:\n  assigner: {type: atts}\n", "did you mean atss? valid: maxIoU, atss, simOTA"),
    ("head:\n  boxLoss: cioo\n", "line 2: head.boxLoss knows no \"cioo\"; did you mean ciou?"),
    ("preset: micro\n", "preset knows no \"micro\"; valid: nano, tiny-retina, "),
    ("head:\n  channels: many\n", "line 2: head.channels must be a whole number"),
    ("head: 3\n", "head must hold keys"),
    ("head: {assigner: {type: maxIoU}}\n", "maxIoU needs the anchors"),
    ("head: {isShared: true}\n", "needs a neck with the same channels on every level"),
    ("strides: [8, 32]\n", "strides must double"),
    ("head: {depth: -1}\n", "head.depth must not be negative, got -1"),
    ("neck: {depth: -2}\n", "neck.depth must not be negative, got -2"),
    ("backbone: {depths: [1, 2, 2, -1]}\n", "backbone.depths must not be negative, got -1"),
    (
      "preset: tiny-retina\nhead: {anchors: {sizes: [[[8, 8]]]}}\n",
      "head.anchors.sizes needs a list of anchors for each of the 4 strides, got 1"
    ),
    (
      "preset: tiny-retina\nhead:\n  anchors: {sizes: [[[8, 8]], [[8]], [], []]}\n",
      "must be [width, height]"
    ),
    (
      "preset: tiny-retina\nhead: {anchors: {sizes: [[[8, 8]], [[8, 9]], [], []]}}\n",
      "head.anchors.sizes must give every level an anchor at least"
    ),
    (
      "preset: tiny-retina\nhead: {anchors: {sizes: [[[8, 8]], [[8, 0]], [[8, 8]], [[8, 8]]]}}\n",
      "head.anchors.sizes must be positive, got 0"
    ),
    (
      "name: a\nstrides: [8, 16, 32, 64]\n",
      "line 2: neck.widths has 3 entries; one for each of the 4"
    ),
    (
      "name: a\nbackbone: {widths: [32], depths: [1], attention: {type: none, after: []}}\n",
      "line 2: strides must begin at one of the backbone's strides [4]"
    ),
    (
      "preset: faster-resnet18\nneck: {channels: 24}\n",
      "line 2: neck must give a twoStage head channels in multiples of 16, got 24"
    ),
    (
      "name: a\ninitialization: {weights: xavierUniform, fan: out}\n",
      "line 2: initialization.fan has no effect"
    ),
    (
      "head: {type: twoStage}\n",
      "line 1: head.type needs a neck with the same channels on every level; take neck: {type: featureP"
    ),
    (
      "head: {channels: 9223372036854775807}\n",
      "line 1: head.channels must be at most 65536, got 9223372036854775807"
    ),
    (
      "preset: faster-resnet18\nhead: {regions: {bins: 1000}}\n",
      "line 2: head makes the network too large: "
    ),
    (
      "strides: [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]",
      "at most 12 ent"
    ),
    (
      "backbone: resnet50\n",
      "line 1: backbone must hold keys: write {type: resnet50}; types: crossS"
    ),
    ("backbone: {attention: cbam}\n", "backbone.attention must hold keys: write {type: cbam}"),
    (
      "head: {classification: focal}\n",
      "head.classification must hold keys: write {kind: focal}; kinds: bce, crossEntropy, "
    ),
    ("backbone: {type: [a]}\n", "line 1: backbone.type must be one value, not a list or keys"),
    (
      "name: a\nneck: {widths: [1, 1, 1]}\n",
      "line 2: neck leaves neck.down1.main.conv no channels; widths must be larger"
    ),
    ("strides: 8\n", "line 1: strides must be a list"),
    ("backbone: {type: ResNet}\n", "did you mean resnet50?"),
    ("backbone: {type: csp}\n", "did you mean crossStage?"),
    ("backbone: {type: yolox}\n", "did you mean cspDarknet?"),
    ("preset: faster-rcnn\n", "did you mean faster-resnet18?"),
    ("backbone: {activation: hswish}\n", "did you mean hardSwish?"),
    ("head: {boxWeight: -3}\n", "line 1: head.boxWeight must not be negative, got -3"),
    ("head: {boxWeight: .nan}\n", "line 1: head.boxWeight must be a finite number, got"),
    ("head: {classification: {weight: -3}}\n", "head.classification.weight must not be negative"),
    (
      "preset: tiny-retina\nhead: {assigner: {positiveThreshold: 0.3, negativeThreshold: 0.6}}\n",
      "line 2: head.assigner.negativeThreshold must be at most positiveThreshold, 0.3, got 0.6"
    ),
    ("head: {assigner: {candidates: 0}}\n", "head.assigner.candidates must be positive"),
    (
      "head: {depth: 0, channels: 64}\n",
      "line 1: head.channels has no effect with depth: 0; remove"
    ),
    (
      "head: {bins: 8, distance: softplus}\n", "head.distance has no effect with bins: 8; remove it"
    ),
    ("head: {distributionWeight: 2}\n", "head.distributionWeight has no effect with bins: 1"),
    ("head: {anchorSide: 4}\n", "head.anchorSide has no effect with assigner: {type: taskAligned}"),
    (
      "head:\n  classification:\n    gamma: 2\n",
      "line 3: head.classification.gamma has no effect with kind: quality; remove it"
    ),
    (
      "preset: tiny-retina\nhead: {boxLoss: giou, smoothL1Beta: 0.1}\n",
      "head.smoothL1Beta has no effect with boxLoss: giou"
    ),
    (
      "preset: tiny-retina\nhead: {anchors: {base: 2, sizes: [[[8, 8]], [[8, 8]], [[8, 8]], [[8, 8]]]}}\n",
      "line 2: head.anchors.base has no effect with sizes; remove it"
    ),
    (
      "preset: faster-resnet18\nhead: {regions: {pooling: maximum, samples: 3}}\n",
      "head.regions.samples has no effect with pooling: maximum"
    ),
    (
      "preset: faster-resnet18\nhead: {regions: {depth: 0, channels: 64}}\n",
      "head.regions.channels has no effect with depth: 0"
    ),
    (
      "preset: faster-resnet18\nhead: {proposals: {depth: 0, activation: silu}}\n",
      "head.proposals.activation has no effect with depth: 0"
    ),
    ("a: [1\n", "not valid YAML"),
    ("name: a\nname: b\n", "twice"),
  ])
  func mistakesAreNamedWithTheRemedy(_ yaml: String, _ message: String) {
    do {
      _ = try ModelSettings(yaml: yaml, file: "model.yaml")
      Issue.record("no error for \(yaml)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
      #expect(!"\(error)".contains("\n"))
    }
  }

  /// A default that has no effect is nobody's mistake, nor is what the program wrote with all keys.
  @Test func onlyWhatIsWrittenMustHaveAnEffect() throws {
    let settings = try ModelSettings(
      yaml: "head: {depth: 0, classification: {kind: bce}}\n", file: "model.yaml")
    #expect(try ModelSettings(yaml: settings.yaml, file: "again") == settings)
    let partly = "head: {depth: 0, channels: 64}\n"
    #expect(throws: SettingsError.self) { try ModelSettings(yaml: partly, file: "model.yaml") }
    #expect(throws: Never.self) { try ModelSettings(recorded: partly, file: "weights") }
  }

  /// Refusals of what learns nothing are for models that are about to learn.
  @Test(arguments: [
    "backbone: {attention: {type: selfAttention, heads: 3, after: [16]}}\n",
    "backbone: {norm: {type: instance}}\ncontext: {type: aspp}\n",
    "backbone: {type: resnet18, attention: {type: selectiveKernel, inBlocks: true}}\n"
      + "initialization: {zeroesResiduals: true}\n",
  ])
  func whatWasTrainedRunsAllTheSame(yaml: String) throws {
    #expect(throws: SettingsError.self) { try ModelSettings(yaml: yaml, file: "model.yaml") }
    let recorded = try ModelSettings(recorded: yaml, file: "weights")
    #expect(throws: Never.self) {
      _ = try recorded.graph(classCount: 2)
      try recorded.check(size: 64)
    }
  }

  @Test func unknownModelsAreNamed() {
    let valid = Preset.allCases.map(\.rawValue)
    #expect(throws: SettingsError.unknownModel(name: "nanno", valid: valid)) {
      try ModelSettings(named: "nanno")
    }
    #expect("\(SettingsError.unknownModel(name: "nanno", valid: ["nano"]))".contains("mean nano"))
  }

  @Test func sizesMustBeMultiplesOfTheCoarsestStride() throws {
    try Preset.nano.settings.check(size: Extent(320))
    let error = #expect(throws: SettingsError.self) {
      try Preset.nano.settings.check(size: Extent(height: 320, width: 300))
    }
    #expect("\(error!)".contains("got 300; 288 or 320 would do"))
  }
}
