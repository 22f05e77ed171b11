import Boxes
import Detectors
import Execution
import Networks
import RandomNumbers
import TestSupport
import Testing

/// Assignment, sampling, proposals, loss and decoding of the head in two stages.
@Suite(.serialized) struct TwoStageHeadTests {
  // MARK: Proposals' assignment and sampling

  private func assigned(_ anchors: AnchorShapes, _ targets: [Target]) -> Assignment {
    let layout = CandidateLayout(
      extents: [Extent(height: 2, width: 4)], strides: [16], shapes: anchors)
    return RegionProposalHead().assigner.assigner.assign(
      AssignmentProblem(
        layout: layout, targets: targets, logits: CandidateValues(channels: 0, layout: layout),
        predicted: []))
  }

  @Test func anchorsArePositiveFromSevenTenthsAndNegativeBelowThree() {
    let square = AnchorShapes(base: 1, scales: [1], ratios: [1])
    // Anchors of 16 pixels side by side. The object covers the first, and 5 pixels of the second:
    // IoU 256 / 336 = 0.76 and 80 / 512 = 0.16 (their union 16·(21 + 16 − 5)).
    let targets = [Target(box: Box(left: 0, top: 0, right: 21, bottom: 16), label: 0)]
    #expect(assigned(square, targets).targets == [0, -1, -1, -1, -1, -1, -1, -1])
    // 40 pixels: the first two have 256 / 640 = 0.4 each, the third 128 / 768 = 0.17; nothing
    // reaches 0.7, so that the best are positive all the same.
    let wide = [Target(box: Box(left: 0, top: 0, right: 40, bottom: 16), label: 0)]
    #expect(assigned(square, wide).targets == [0, 0, -1, -1, -1, -1, -1, -1])
    // 30 pixels: 256 / 480 = 0.53 and 224 / 512 = 0.44: the second is in between.
    let between = [Target(box: Box(left: 0, top: 0, right: 30, bottom: 16), label: 0)]
    #expect(assigned(square, between).targets == [0, -2, -1, -1, -1, -1, -1, -1])
  }

  private func drawn(_ sampling: CandidateSampling, _ positives: Int, _ negatives: Int, seed: Int)
    -> (positives: [Int], negatives: [Int])
  {
    var generator = KeyedGenerator(seed: UInt64(seed), purpose: "test")
    return sampling.draw(
      positives: Array(0..<positives), negatives: Array(1000..<1000 + negatives), with: &generator)
  }

  @Test func samplesAreAsManyAsWantedAndNegativesFillUp() {
    let sampling = CandidateSampling(count: 16, positiveShare: 0.25)
    for (positives, negatives, expected) in [(10, 50, (4, 12)), (2, 50, (2, 14)), (9, 5, (4, 5))] {
      let drawn = drawn(sampling, positives, negatives, seed: 1)
      #expect(drawn.positives.count == expected.0 && drawn.negatives.count == expected.1)
      #expect(Set(drawn.positives + drawn.negatives).count == expected.0 + expected.1)
    }
  }

  @Test func samplesFollowTheirKeyAlone() {
    let sampling = CandidateSampling(count: 16, positiveShare: 0.5)
    let first = drawn(sampling, 40, 90, seed: 7)
    #expect(drawn(sampling, 40, 90, seed: 7) == first)
    #expect(drawn(sampling, 40, 90, seed: 8) != first)
    // Every candidate's turn comes.
    let all = (0..<200).flatMap { drawn(sampling, 40, 90, seed: $0).positives }
    #expect(Set(all).count == 40)
  }

  @Test func whatIsNotDrawnIsIgnored() {
    var assignment = Assignment(count: 40)
    for candidate in 0..<12 { assignment.targets[candidate] = 3 }
    var generator = KeyedGenerator(seed: 0, purpose: "test")
    CandidateSampling(count: 10, positiveShare: 0.5).thin(&assignment, with: &generator)
    #expect(assignment.positives.count == 5)
    #expect(assignment.positives.allSatisfy { assignment.targets[$0] == 3 && $0 < 12 })
    #expect(assignment.targets.count { $0 == Assignment.background } == 5)
    #expect(assignment.targets.count { $0 == Assignment.ignored } == 30)
  }

  // MARK: Regions

  /// 112 pixels go to stride 16; each octave one level on, the ends held.
  @Test(arguments: [(28, 0), (55.9, 0), (56, 0), (111, 0), (112, 1), (223, 1), (224, 2), (900, 2)])
  func regionsGoToTheLevelOfTheirSize(side: Double, level: Int) {
    var head = RegionHead()
    head.canonicalSide = 112
    let box = Box(left: 3, top: 5, right: 3 + Float(side), bottom: 5 + Float(side))
    #expect(head.level(of: box, strides: [8, 16, 32, 64]) == level)
  }

  @Test func regionsLearnTheObjectTheyOverlapMost() {
    let targets = [
      Target(box: Box(left: 0, top: 0, right: 10, bottom: 10), label: 2),
      Target(box: Box(left: 4, top: 0, right: 14, bottom: 10), label: 1),
      Target(box: Box(left: 50, top: 50, right: 90, bottom: 90), label: 0, isIgnored: true),
    ]
    let regions = [
      // IoU 8/12 with the first, 6/14 with the other way round.
      Box(left: 2, top: 0, right: 12, bottom: 10), Box(left: 5, top: 0, right: 15, bottom: 10),
      Box(left: 8, top: 0, right: 18, bottom: 10), Box(left: 60, top: 60, right: 70, bottom: 70),
    ]
    #expect(
      RegionHead().assignment(regions, targets) == [
        0, 1, Assignment.background, Assignment.ignored,
      ])
  }

  // MARK: The whole

  static let settings: ModelSettings = {
    var backbone = ResidualBackbone()
    (backbone.widths, backbone.depths) = ([16, 32, 32], [1, 1, 1])
    var neck = FeaturePyramid()
    neck.channels = 16
    var head = TwoStageHead()
    head.proposals.channels = 16
    head.proposals.anchors.base = 3
    (head.regions.channels, head.regions.bins) = (32, 3)
    (head.regions.canonicalSide, head.regions.canonicalStride) = (32, 8)
    head.regions.sampling.count = 64
    head.proposals.selection.kept = 64
    return ModelSettings(
      name: "tiny two-stage", strides: [4, 8, 16], backbone: .residual(backbone),
      neck: .featurePyramid(neck), head: .twoStage(head))
  }()

  static let targets: [[Target]] = [
    [
      Target(box: Box(left: 5, top: 8, right: 30, bottom: 40), label: 1),
      Target(box: Box(left: 30, top: 30, right: 60, bottom: 60), label: 0),
    ],
    [Target(box: Box(left: 10, top: 12, right: 50, bottom: 44), label: 1)],
  ]

  @Test func yamlReadsBackAndNamesWhatIsWrong() throws {
    #expect(try ModelSettings(yaml: Self.settings.yaml, file: "x") == Self.settings)
    #expect(throws: SettingsError.self) {
      try ModelSettings(
        yaml: "preset: faster-resnet18\nhead: {proposals: {selection: {kept: 900}}}", file: "x")
    }
    var narrow = Self.settings
    var neck = FeaturePyramid()
    neck.channels = 24
    narrow.neck = .featurePyramid(neck)
    #expect {
      try narrow.graph(classCount: 2)
    } throws: {
      "\($0)" == "neck must give a twoStage head channels in multiples of 16, got 24"
    }
  }

  @Test func commentedModelIsThePreset() throws {
    let file = packageRoot().appendingPathComponent("models/faster-resnet18.yaml").path
    #expect(try ModelSettings(named: file) == Preset.fasterResNet18.settings)
  }

  @Test func partsShareParametersAndTakeEveryNode() throws {
    let graph = try Self.settings.graph(classCount: 2)
    #expect(graph.deadEnds.isEmpty)
    let parts = graph.parts(at: 1)
    #expect(parts.crossings == 3)
    #expect(parts.before.parameters == graph.parameters)
    #expect(parts.after.parameters == graph.parameters)
    let used = Set((parts.before.nodes + parts.after.nodes).flatMap(\.parameters))
    #expect(used == Set(graph.parameters.indices))
    #expect(
      Set(parts.before.nodes.flatMap(\.parameters))
        .isDisjoint(with: parts.after.nodes.flatMap(\.parameters)))
    #expect(parts.independent.outputs.count == 6)
  }

  private func run(_ variables: Variables<Float>, _ graph: Graph, mode: Mode) throws
    -> any DetectorRun
  {
    try Self.settings.run(of: graph, classCount: 2, size: 64, mode: mode) {
      try compile(
        $0.graph, inputs: $0.inputs, batch: 2, mode: mode, variables: variables,
        gradientInputs: $0.gradientInputs)
    }
  }

  private func pixels(_ count: Int) -> [Float] {
    var generator = KeyedGenerator(seed: 1, purpose: "pixels")
    return (0..<count).map { _ in Float(generator.uniform()) }
  }

  private func loss(_ outputs: HeadOutputs) -> LossTerms {
    Self.settings.head.head.loss(
      outputs, targets: Self.targets, strides: Self.settings.strides, classCount: 2, input: 64)
  }

  /// One plan of the whole graph with the same regions, in Double, gets the same gradients.
  @Test func twoPlansHaveTheGradientsOfOne() throws {
    let graph = try Self.settings.graph(classCount: 2)
    let (single, exact) = (Variables<Float>(graph, seed: 3), Variables<Double>(graph))
    for (from, to) in [
      (single.parameters, exact.parameters), (single.buffers, exact.buffers),
    ] {
      for index in from.specifications.indices {
        for place in from[index].indices { to[index][place] = Double(from[index][place]) }
      }
    }
    let pixels = pixels(2 * 3 * 64 * 64)
    let run = try run(single, graph, mode: .training)
    let capacity = 64
    let oracle = ReferencePlan<Double>(
      graph: graph, inputs: Self.settings.inputs(of: graph, size: 64), batch: 2, mode: .training,
      variables: exact)
    Engine.shared.run {
      let outputs = pixels.withUnsafeBufferPointer { buffer in
        let outputs = run.forward(buffer.baseAddress!, targets: Self.targets, RunArguments())
        _ = loss(outputs)
        run.backward(RunArguments())
        return outputs
      }
      #expect(outputs.regions.allSatisfy { $0.count > 20 && $0.count <= capacity })
      var slots = [Double](repeating: -1, count: 2 * 5 * capacity)
      for (image, regions) in outputs.regions.enumerated() {
        for (slot, region) in regions.enumerated() {
          let numbers = [
            Float(region.level), region.box.left, region.box.top, region.box.right,
            region.box.bottom,
          ]
          for (channel, number) in numbers.enumerated() {
            slots[(image * 5 + channel) * capacity + slot] = Double(number)
          }
        }
      }
      pixels.map(Double.init).withUnsafeBufferPointer { picture in
        slots.withUnsafeBufferPointer { slots in
          oracle.bind(input: 0, to: picture.baseAddress!)
          oracle.bind(input: 1, to: slots.baseAddress!)
          oracle.forward(RunArguments())
          for (index, shape) in outputs.shapes.enumerated() {
            #expect(oracle.outputShapes[index] == shape)
            for place in 0..<2 * shape.count {
              oracle.outputGradient(index)[place] = Double(outputs.gradients[index][place])
            }
          }
          oracle.backward(RunArguments())
        }
      }
    }
    for index in graph.parameters.indices {
      let (ours, theirs) = (single.gradients[index], exact.gradients[index])
      let difference = zip(ours, theirs).map { (Double($0) - $1) * (Double($0) - $1) }.reduce(0, +)
      let norm = theirs.map { $0 * $0 }.reduce(0, +)
      #expect(norm > 0, "\(graph.parameters[index].name)")
      #expect(difference <= 1e-6 * norm + 1e-14, "\(graph.parameters[index].name)")
    }
  }

  /// The second stage's loss against central differences of its outputs.
  @Test(arguments: [BoxLoss.smoothL1, .giou], [false, true])
  func lossGradientsMatchDifferences(boxLoss: BoxLoss, isClassAgnostic: Bool) throws {
    var settings = TwoStageHead()
    settings.regions.boxLoss = boxLoss
    settings.regions.isClassAgnostic = isClassAgnostic
    settings.proposals.anchors = AnchorShapes(base: 1, scales: [1], ratios: [1])
    let shapes = [
      Shape(channels: 1, height: 4, width: 4), Shape(channels: 4, height: 4, width: 4),
      Shape(channels: 3, height: 4, width: 1),
      Shape(channels: isClassAgnostic ? 4 : 8, height: 4, width: 1),
    ]
    let regions = [
      [Box(left: 6, top: 9, right: 28, bottom: 38), Box(left: 40, top: 2, right: 60, bottom: 9)],
      [Box(left: 12, top: 15, right: 55, bottom: 40)],
    ].map { $0.map { Region(box: $0, level: 0) } }
    var generator = KeyedGenerator(seed: 4, purpose: "outputs")
    let values = shapes.map { shape in
      let pointer = UnsafeMutablePointer<Float>.allocate(capacity: 2 * shape.count)
      for place in 0..<2 * shape.count { pointer[place] = Float(generator.uniform(-0.5, 0.5)) }
      return pointer
    }
    let gradients = shapes.map { UnsafeMutablePointer<Float>.allocate(capacity: 2 * $0.count) }
    defer { for pointer in values + gradients { pointer.deallocate() } }
    var outputs = HeadOutputs(
      batch: 2, shapes: shapes, values: values.map { UnsafePointer($0) }, gradients: gradients)
    outputs.regions = regions
    func total() -> Float {
      Engine.shared.run {
        settings.loss(
          outputs, targets: Self.targets, strides: [16], classCount: 2, input: 64
        ).total
      }
    }
    _ = total()
    let analytic = zip(gradients, shapes).map { pointer, shape in
      (0..<2 * shape.count).map { pointer[$0] }
    }
    for (index, shape) in shapes.enumerated() {
      for place in 0..<2 * shape.count {
        let original = values[index][place]
        values[index][place] = original + 3e-3
        let above = total()
        values[index][place] = original - 3e-3
        let difference = (above - total()) / 6e-3
        values[index][place] = original
        #expect(abs(analytic[index][place] - difference) < 2e-3, "output \(index), \(place)")
      }
    }
  }

  @Test func regionsDependOnSeedAndPlaceAlone() throws {
    let graph = try Self.settings.graph(classCount: 2)
    let variables = Variables<Float>(graph, seed: 3)
    let run = try run(variables, graph, mode: .training)
    let pixels = pixels(2 * 3 * 64 * 64)
    func regions(seed: UInt64, batch: Int) -> [[Region]] {
      var arguments = RunArguments()
      (arguments.seed, arguments.batch) = (seed, batch)
      return Engine.shared.run {
        pixels.withUnsafeBufferPointer {
          run.forward($0.baseAddress!, targets: Self.targets, arguments).regions
        }
      }
    }
    let first = regions(seed: 1, batch: 0)
    #expect(regions(seed: 1, batch: 0) == first)
    #expect(regions(seed: 1, batch: 1) != first)
    #expect(regions(seed: 2, batch: 0) != first)
    // At most a quarter are positive; objects' own boxes are among those to draw from.
    let labels = RegionHead().assignment(first[1].map(\.box), Self.targets[1])
    #expect((1...16).contains(labels.count { $0 >= 0 }))
    #expect(Set(first[0].map(\.box)).isSuperset(of: Self.targets[0].map(\.box)))
  }

  @Test func detectionDecodesEachClassOfEachRegion() throws {
    let graph = try Self.settings.graph(classCount: 2)
    let variables = Variables<Float>(graph, seed: 3)
    let run = try run(variables, graph, mode: .inference)
    let pixels = pixels(2 * 3 * 64 * 64)
    let (all, regions) = Engine.shared.run {
      pixels.withUnsafeBufferPointer { buffer in
        let outputs = run.forward(buffer.baseAddress!, targets: nil, RunArguments())
        let all = Self.settings.head.head.decode(
          outputs, strides: Self.settings.strides, classCount: 2, input: 64, minimumScore: 0)
        return (all, outputs.regions)
      }
    }
    #expect(all.map(\.count) == regions.map { 2 * $0.count })
    #expect(regions.allSatisfy { (1...64).contains($0.count) })
    // Softmax of three: the two classes' scores leave something to the background.
    #expect(all[0].allSatisfy { $0.score > 0 && $0.score < 1 && $0.box.left >= 0 })
  }
}
