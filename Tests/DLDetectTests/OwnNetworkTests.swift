import DLDetect
import TestSupport
import Testing

/// Networks of a program's own, of the package's parts, trained by its losses and optimizers.
@Suite(.serialized) struct OwnNetworkTests {
  private static let strides = [4, 8, 16]

  /// The example of docs/models.md.
  private static func levels(_ image: Value) -> [Value] {
    var backbone = ResidualBackbone()
    (backbone.stem, backbone.widths, backbone.depths) = (16, [16, 32, 32], [1, 1, 1])
    backbone.activation = .mish
    backbone.attention = AttentionSettings(
      .convolutionalBlock(ConvolutionalBlockAttention(reduction: 4)), inBlocks: true)
    var neck = PathAggregation()
    neck.widths = [32, 32, 32]
    let features = image.scoped("backbone") { backbone($0) }
    return features[0].scoped("neck") { _ in neck(features, strides: backbone.strides) }
  }

  @Test func partsAreTracedAsTheyAreSet() {
    let graph = Graph.trace { image in
      for (level, stride) in zip(Self.levels(image), Self.strides) { level.output("\(stride)") }
    }
    let shapes = graph.shapes(inputs: [Shape(channels: 3, height: 32, width: 48)])
    #expect(
      graph.outputs.map { shapes[$0] }
        == Self.strides.map { Shape(channels: 32, height: 32 / $0, width: 48 / $0) })
    let functions = graph.nodes.compactMap { node -> ActivationFunction? in
      guard case .activation(let activation) = node.operation,
        node.name.hasPrefix("backbone."), !node.name.contains("attention")
      else { return nil }
      return activation.function
    }
    #expect(functions.contains(.mish) && !functions.contains(.silu))
    // A square kernel over means and maxima: nothing but CBAM has one of two channels.
    #expect(graph.parameters.contains { $0.shape == [1, 2, 7, 7] })
    #expect(graph.deadEnds.isEmpty)
  }

  /// A classifier of cells that learns a batch by heart: a third of them no class, drawn pictures.
  @Test func anOwnGraphLearns() throws {
    let graph = Graph.trace { image in
      Self.levels(image)[0].through("head", Convolution(channels: 2, kernel: 1)).output("classes")
    }
    let (batch, steps, input) = (2, 40, Shape(channels: 3, height: 32, width: 32))
    let pixels: [Float] = randomValues(batch * input.count)
    let labels = (0..<64).map { [0, 1, nil][($0 + $0 / 8) % 3] }

    let variables = Variables<Float>(graph)
    let plan = try compile(
      graph, inputs: [input], batch: batch, mode: .training, variables: variables)
    let loss = ClassificationLoss(kind: .focal)
    let optimizer = Optimizer(.adamw, parameters: graph.parameters, decay: Decay(weight: 0.05))
    let schedule = Schedule(kind: .cosine, peak: 0.01, warmupSteps: 3, totalSteps: steps)
    let classes = plan.outputShapes[0]
    var losses: [Double] = []
    pixels.withUnsafeBufferPointer { pixels in
      Engine.shared.run {
        for step in 0..<steps {
          plan.bind(input: 0, to: pixels.baseAddress!)
          plan.forward(RunArguments())
          var total = 0.0
          for start in stride(from: 0, to: batch * classes.count, by: classes.count) {
            total += loss(
              plan.output(0) + start, gradients: plan.outputGradient(0) + start,
              classes: classes.channels, labels: labels, scale: 1 / Float(batch * classes.area))
          }
          plan.backward(RunArguments())
          optimizer.step(
            variables,
            Optimizer.Step(
              learningRate: schedule.learningRate(step: step),
              momentum: schedule.momentum(step: step)))
          losses.append(total)
        }
      }
    }
    #expect(losses.last! < 0.5 * losses[0], "\(losses)")
  }

  /// A detector of its own that learns one picture by heart, and finds what it has learned.
  @Test func anOwnDetectorLearns() throws {
    var head = PointHead()
    (head.channels, head.depth, head.isShared) = (32, 1, true)
    let graph = Graph.trace { image in
      head.trace(Self.levels(image), strides: Self.strides, classCount: 2)
    }
    let input = Shape(channels: 3, height: 64, width: 64)
    let target = Target(box: Box(left: 10, top: 20, right: 42, bottom: 50), label: 1)
    let pixels: [Float] = randomValues(input.count)
    let variables = Variables<Float>(graph)
    let plan = try compile(
      graph, inputs: [input], batch: 1, mode: .training, variables: variables)
    let optimizer = try Optimizer(
      OptimizerRule(.adam), parameters: graph.parameters, groups: [ParameterGroup("*.norm.*")])
    var losses: [Float] = []
    let found = pixels.withUnsafeBufferPointer { pixels in
      Engine.shared.run {
        for _ in 0..<60 {
          plan.bind(input: 0, to: pixels.baseAddress!)
          plan.forward(RunArguments())
          let terms = head.loss(
            HeadOutputs(plan, isTraining: true), targets: [[target]], strides: Self.strides,
            classCount: 2, input: 64)
          plan.backward(RunArguments())
          optimizer.step(variables, Optimizer.Step(learningRate: 0.005, momentum: 0.9))
          losses.append(terms.total)
        }
        plan.forward(RunArguments())
        return head.decode(
          HeadOutputs(plan), strides: Self.strides, classCount: 2, input: 64, minimumScore: 0.05)
      }
    }
    #expect(losses.last! < 0.5 * losses[0], "\(losses)")
    let best = try #require(found[0].max { $0.score < $1.score })
    #expect(best.label == 1 && best.box.intersectionOverUnion(with: target.box) > 0.5, "\(best)")
  }

  /// Parts of a preset, called one by one, make the same tensors as the preset's network has.
  @Test func partsMakeThePresetsNetwork() throws {
    var settings = Preset.nano.settings
    guard case .pathAggregation(var neck) = settings.neck, case .point(let head) = settings.head
    else {
      Issue.record("nano has other parts")
      return
    }
    neck.attention = AttentionSettings(
      .efficientChannel(EfficientChannelAttention()), after: [16])
    settings.neck = .pathAggregation(neck)
    settings.strides = [8, 16, 32]
    let graph = Graph.trace { image in
      let features = image.scoped("backbone") { settings.backbone($0) }
      let used = zip(settings.backbone.strides, features)
        .filter { settings.strides.contains($0.0) }.map(\.1)
      let levels = used[0].scoped("neck") { _ in settings.neck(used, strides: settings.strides) }
      levels[0].scoped("head") { _ in
        head.trace(levels, strides: settings.strides, classCount: 2)
      }
    }
    #expect(try graph.parameters == settings.graph(classCount: 2).parameters)
    #expect(graph.parameters.contains { $0.name.hasPrefix("neck.p4.") })
  }

  @Test func bordersAndFirstValuesAreChangedInAnyGraph() throws {
    let graph = Graph.trace { image in
      image.through("a", Convolution(channels: 4, kernel: 3))
        .through("b", PooledContextLayer()).output("y")
    }
    let filled = try BorderFilling.reflect.apply(to: graph, under: "a")
    #expect(filled.nodes.map(\.name).contains("a.pad"))
    var initialization = InitializationSettings()
    initialization.weights = .xavierUniform
    // Fans 3·9 and 4·9: ±√(6 / 63).
    let weight = try #require(
      initialization.apply(to: graph).parameters.first { $0.name == "a.weight" })
    #expect(weight.initializer == .xavierUniform(fanIn: 27, fanOut: 36))
  }
}

/// A context block as a layer.
private struct PooledContextLayer: Layer {
  func callAsFunction(_ x: Value) -> Value { PooledContext()(x) }
}
