import Execution
import Networks
import TestSupport
import Testing

@Suite(.serialized) struct DropoutTests {
  static let kinds: [Dropout.Kind] = [
    .elements, .channels, .gaussian, .pictures, .squares(side: 3), .squares(side: 40),
  ]

  private static let input = Shape(channels: 37, height: 19, width: 23)

  private static func graph(_ dropout: Dropout) -> Graph {
    Graph.trace(channels: input.channels) { $0.dropped(dropout).output("result") }
  }

  private static func arguments(epoch: Int = 1, batch: Int = 2, seed: UInt64 = 7, step: Int = 50)
    -> RunArguments
  {
    var arguments = RunArguments()
    (arguments.epoch, arguments.batch, arguments.seed) = (epoch, batch, seed)
    arguments.step = step
    return arguments
  }

  /// What a fast training plan makes of ones, and of a gradient of ones.
  private static func factors(
    _ dropout: Dropout, precision: Precision = .f32, _ arguments: RunArguments = arguments()
  ) throws -> (forward: [Double], backward: [Double]) {
    let graph = graph(dropout)
    let variables = Variables<Float>(graph)
    let plan = try compile(
      graph, inputs: [input], batch: 4, mode: .training, precision: precision,
      variables: variables, gradientInputs: [0])
    let ones = [Double](repeating: 1, count: 4 * input.count)
    let step = runStep(
      plan, variables: variables, inputs: [ones], outputGradients: [ones], arguments: arguments)
    return (step.outputs[0], step.inputGradients[0]!)
  }

  @Test(arguments: kinds) func bothBackendsDrawTheSame(kind: Dropout.Kind) throws {
    let dropout = Dropout(kind, rate: 0.3, rampSteps: 100)
    let fast = try Self.factors(dropout)
    let graph = Self.graph(dropout)
    let variables = Variables<Double>(graph)
    let plan = ReferencePlan(
      graph: graph, inputs: [Self.input], batch: 4, mode: .training, variables: variables,
      gradientInputs: [0])
    let ones = [Double](repeating: 1, count: 4 * Self.input.count)
    let exact = runStep(
      plan as any Plan<Double>, variables: variables, inputs: [ones], outputGradients: [ones],
      arguments: Self.arguments())
    #expect(relativeError(fast.forward, exact.outputs[0]) < 1e-6)
    #expect(relativeError(fast.backward, exact.inputGradients[0]!) < 1e-6)
    #expect(fast.forward == fast.backward)
  }

  /// At step 50 of 100 the rate is half of 0.3. 60,000 numbers, or squares, or 148 channels: means
  /// within five deviations.
  @Test func sharesAreThoseOfTheRate() throws {
    func share(_ kind: Dropout.Kind) throws -> Double {
      let factors = try Self.factors(Dropout(kind, rate: 0.3, rampSteps: 100)).forward
      return Double(factors.count { $0 == 0 }) / Double(factors.count)
    }
    #expect(abs(try share(.elements) - 0.15) < 0.007)
    #expect(abs(try share(.channels) - 0.15) < 0.15)
    // Squares overlap, so that a little less is dropped.
    #expect((0.11...0.16).contains(try share(.squares(side: 3))))
  }

  @Test func meansStayOne() throws {
    for kind in [Dropout.Kind.elements, .gaussian, .squares(side: 3)] {
      let factors = try Self.factors(Dropout(kind, rate: 0.3)).forward
      let mean = factors.reduce(0, +) / Double(factors.count)
      #expect(abs(mean - 1) < 0.015, "\(kind)")
    }
  }

  /// 1 / (1 − 0.25) or 0, the same for all that shares a factor.
  @Test func factorsAreSharedByHand() throws {
    let area = Self.input.area
    let channels = try Self.factors(Dropout(.channels, rate: 0.25)).forward
    let pictures = try Self.factors(Dropout(.pictures, rate: 0.25)).forward
    for plane in 0..<4 * Self.input.channels {
      #expect(Set(channels[plane * area..<(plane + 1) * area]).count == 1)
    }
    for picture in 0..<4 {
      let own = pictures[picture * Self.input.count..<(picture + 1) * Self.input.count]
      #expect(Set(own).count == 1)
    }
    #expect(Set(channels + pictures).isSubset(of: [0, Double(Float(1) / 0.75)]))
  }

  @Test func gaussianFactorsHaveTheDeviation() throws {
    let factors = try Self.factors(Dropout(.gaussian, rate: 0.2)).forward
    let variance = factors.map { ($0 - 1) * ($0 - 1) }.reduce(0, +) / Double(factors.count)
    // p / (1 − p) = 0.25
    #expect(abs(variance - 0.25) < 0.01)
  }

  @Test func whatIsDrawnDependsOnItsPlaceInTheRun() throws {
    let dropout = Dropout(.elements, rate: 0.5)
    let first = try Self.factors(dropout).forward
    #expect(try Self.factors(dropout).forward == first)
    for other in [
      Self.arguments(epoch: 2), Self.arguments(batch: 3), Self.arguments(seed: 8),
    ] {
      let same = zip(try Self.factors(dropout, other).forward, first).count { $0 == $1 }
      #expect(abs(Double(same) / Double(first.count) - 0.5) < 0.02)
    }
  }

  @Test func nodesDrawTheirOwn() throws {
    let dropout = Dropout(.elements, rate: 0.5)
    let graph = Graph.trace(channels: 3) { image in
      image.scoped("a") { $0.dropped(dropout) }.output("first")
      image.scoped("b") { $0.dropped(dropout) }.output("second")
    }
    let variables = Variables<Float>(graph)
    let plan = try compile(
      graph, inputs: [Shape(channels: 3, height: 40, width: 40)], batch: 1, mode: .training,
      variables: variables)
    let step = runStep(
      plan, variables: variables, inputs: [[Double](repeating: 1, count: 4800)],
      arguments: Self.arguments())
    let same = zip(step.outputs[0], step.outputs[1]).count { $0 == $1 }
    #expect(abs(Double(same) / 4800 - 0.5) < 0.05)
  }

  /// In inference a dropout is not there, and what stands around it is fused.
  @Test func inferenceHasNone() throws {
    let graph = Graph.trace(channels: 4) { image in
      image.through("a", Convolution(channels: 16, kernel: 1)).dropped(
        Dropout(.elements, rate: 0.5)
      )
      .activated(.silu).output("result")
    }
    let input = Shape(channels: 4, height: 5, width: 5)
    try compare(
      graph: graph, inputs: [input], batch: 2, mode: .inference, tolerance: 1e-5,
      compile: ReferenceComparisonTests.fast)
    let plan = try compile(
      graph, inputs: [input], batch: 1, mode: .inference, variables: Variables(graph))
    let kernels = try #require(plan as? FastPlan).kernelList
    #expect(kernels.contains { $0.details.hasSuffix("silu") })
    #expect(!kernels.contains { $0.implementation.contains("drop") })
  }

  @Test(
    .enabled(if: Precision.isBFloat16Supported, "this processor has no AVX-512 BF16"),
    arguments: kinds)
  func bf16DrawsTheSame(kind: Dropout.Kind) throws {
    let dropout = Dropout(kind, rate: 0.3)
    let (brain, single) = (
      try Self.factors(dropout, precision: .bf16).forward, try Self.factors(dropout).forward
    )
    #expect(relativeError(brain, single) < 4e-3)
    #expect(zip(brain, single).allSatisfy { ($0 == 0) == ($1 == 0) })
  }

  /// Recomputed values are drawn again as they were.
  @Test func recomputationDrawsTheSame() throws {
    let graph = Graph.trace(channels: 16) { image in
      image.through("a", Convolution(channels: 16, kernel: 3)).activated(.silu)
        .dropped(Dropout(.elements, rate: 0.5))
        .through("b", Convolution(channels: 16, kernel: 3)).output("result")
    }
    let input = Shape(channels: 16, height: 6, width: 6)
    let gradients = try [false, true].map { recomputes in
      let variables = Variables<Float>(graph)
      variables.fillFromCounters()
      let plan = try compile(
        graph, inputs: [input], batch: 2, mode: .training, recomputes: recomputes,
        variables: variables)
      let values = counterValues(name: "input", count: 2 * input.count)
      return runStep(
        plan, variables: variables, inputs: [values], outputGradients: [values],
        arguments: Self.arguments()
      ).parameterGradients
    }
    #expect(gradients[0] == gradients[1])
  }

  @Test func dropoutsBeforeBatchNormsAreFound() {
    let graph = Graph.trace(channels: 4) { image in
      let x = image.through("a", Dropout(.elements, rate: 0.1))
        .through("conv", Convolution(channels: 4, kernel: 1)).through("norm", BatchNorm())
      x.through("b", Dropout(.channels, rate: 0.1)).output("result")
      x.through("c", Dropout(.squares(side: 3), rate: 0.1)).through("other", BatchNorm())
        .output("more")
    }
    let found = graph.dropoutsBeforeNorms
    #expect(found.map(\.dropout) == ["a"] && found.map(\.norm) == ["norm"])
  }

  @Test(arguments: [
    (BatchNorm.Statistics.frozen, false), (.renormalized(Renormalization()), true),
  ])
  func frozenStatisticsTakeInNothing(_ statistics: BatchNorm.Statistics, _ isFound: Bool) {
    let graph = Graph.trace(channels: 4) { image in
      image.through("a", Dropout(.elements, rate: 0.1))
        .through("norm", BatchNorm(statistics: statistics)).output("result")
    }
    #expect(graph.dropoutsBeforeNorms.isEmpty == !isFound)
  }

  /// 0.1 · 100 / (4 · 81): Ghiasi, Lin, Le, eq. 1.
  @Test func middlesAreAsRareAsTheirSquaresAreLarge() {
    let shape = Shape(channels: 1, height: 10, width: 10)
    #expect(abs(Dropout.middleRate(0.1, side: 2, in: shape) - 10 / 324) < 1e-6)
    #expect(Dropout.middleRate(0.1, side: 20, in: shape) == 0.1)
  }
}
