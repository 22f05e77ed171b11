import Execution
import Networks
import TestSupport
import Testing

/// Norms of every kind with functions and sums, in fast kernels against the Double reference: whole
/// channel blocks and remainders, planes of several tiles.
@Suite(.serialized) struct NormKernelTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let norm: Norm
    let channels: Int
    let height: Int
  }

  static let norms: [(String, Norm)] = [
    ("batch", .standard), ("frozen", .batch(BatchNorm(statistics: .frozen))),
    (
      "renormalised",
      .batch(
        BatchNorm(
          statistics: .renormalized(
            Renormalization(scale: 1.5, shift: 0.5, firstStep: -1, lastStep: 0))))
    ),
    ("groups", .group(GroupNorm(.groups(4)))), ("layer", .group(GroupNorm(.layer))),
    ("instance", .group(GroupNorm(.instance))), ("channels", .group(GroupNorm(.channels(16)))),
  ]

  static let cases: [Case] = norms.flatMap { name, norm in
    [(32, 5), (20, 7), (16, 53)].map {
      Case(testDescription: "\(name) of \($0)", norm: norm, channels: $0, height: $1)
    }
  }

  private func graph(_ one: Case, _ function: ActivationFunction) -> Graph {
    Graph.trace(channels: one.channels) { image in
      let x = image.through("a", Convolution(channels: one.channels, kernel: 1, hasBias: false))
      let before = (x.through("n", one.norm) + image).scoped("before") { $0.activated(function) }
      let y = before.through("b", Convolution(channels: one.channels, kernel: 1, hasBias: false))
        .through("m", one.norm)
      (y.scoped("after") { $0.activated(function) } + before).output("result")
    }
  }

  @Test(arguments: cases, [Mode.training, .inference])
  func followsReference(of one: Case, mode: Mode) throws {
    for function in [ActivationFunction.silu, .prelu] {
      try compare(
        graph: graph(one, function),
        inputs: [Shape(channels: one.channels, height: one.height, width: 41)], batch: 2,
        mode: mode, tolerance: 5e-5, compile: ReferenceComparisonTests.fast)
    }
  }

  @Test(
    .enabled(if: Precision.isBFloat16Supported, "this processor has no AVX-512 BF16"),
    arguments: cases)
  func bf16FollowsReference(of one: Case) throws {
    try compare(
      graph: graph(one, .learnedSwish),
      inputs: [Shape(channels: one.channels, height: one.height, width: 11)], batch: 3,
      mode: .training, tolerance: 5e-2, rounds: true, compile: ReferenceComparisonTests.brain)
  }

  /// Nobody asks for a picture's gradient; what is added to its norm has one all the same.
  @Test(arguments: norms.map(\.1)) func normOfThePictureIsAddedTo(norm: Norm) throws {
    let graph = Graph.trace(channels: 16) { image in
      let other = image.through("a", Convolution(channels: 16, kernel: 3))
      (image.through("n", norm) + other).activated(.silu).output("result")
    }
    try compare(
      graph: graph, inputs: [Shape(channels: 16, height: 9, width: 7)], batch: 2, mode: .training,
      tolerance: 5e-5, compile: ReferenceComparisonTests.fast)
  }

  /// One image has fewer runs of groups than a team has threads.
  @Test(arguments: cases) func oneImageFollowsReference(of one: Case) throws {
    try compare(
      graph: graph(one, .silu),
      inputs: [Shape(channels: one.channels, height: one.height, width: 41)], batch: 1,
      mode: .training, tolerance: 5e-5, compile: ReferenceComparisonTests.fast)
  }

  @Test func rampOfRenormalizationStartsAtBatchNorm() {
    let ramp = Renormalization(scale: 3, shift: 5, firstStep: 100, lastStep: 300)
    #expect(ramp.bounds(step: 0) == (1, 0) && ramp.bounds(step: 100) == (1, 0))
    #expect(ramp.bounds(step: 200) == (2, 2.5))
    #expect(ramp.bounds(step: 300) == (3, 5) && ramp.bounds(step: 9000) == (3, 5))
  }

  /// Frozen norms neither learn nor adapt.
  @Test func frozenNormsStayAsTheyAre() throws {
    let graph = Graph.trace(channels: 4) {
      $0.through("norm", BatchNorm(statistics: .frozen)).output("result")
    }
    #expect(graph.parameters.isEmpty)
    let variables = Variables<Float>(graph)
    let plan = try compile(
      graph, inputs: [Shape(channels: 4, height: 3, width: 3)], batch: 1, mode: .training,
      variables: variables)
    let before = graph.buffers.indices.map { Array(variables.buffers[$0]) }
    _ = runStep(
      plan, variables: variables, inputs: [randomValues(36, purpose: "input")],
      outputGradients: [randomValues(36, purpose: "gradient")])
    #expect(graph.buffers.indices.map { Array(variables.buffers[$0]) } == before)
  }
}
