import Networks
import Testing

@Suite struct InitializationTests {
  /// A convolution of fan-in 32·9 and fan-out 64·9, one in four groups, a linear layer.
  private let graph = Graph.trace(channels: 32) { image in
    image.through("wide", Convolution(channels: 64, kernel: 3))
      .through("grouped", Convolution(channels: 128, kernel: 3, groups: 4))
      .spatialMean.through("linear", Linear(channels: 300))
      .output("y")
  }

  private func values(_ graph: Graph, _ name: String) -> [Double] {
    let store = TensorStore<Double>(graph.parameters)
    store.initialize(seed: 11)
    return Array(store[name]!)
  }

  private func expect(
    _ values: [Double], variance: Double, within bound: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    // Five deviations of the mean and of the variance of so many normal numbers.
    #expect(abs(mean) < 5 * (variance / count).squareRoot(), sourceLocation: sourceLocation)
    #expect(
      abs(spread / variance - 1) < 5 * (2 / count).squareRoot(), sourceLocation: sourceLocation)
    #expect(values.allSatisfy { abs($0) <= bound }, sourceLocation: sourceLocation)
    // A normal distribution goes beyond √3 deviations, a uniform one ends there.
    let edge = values.map(abs).max() ?? 0
    #expect(edge > 0.99 * min(bound, 2.5 * variance.squareRoot()), sourceLocation: sourceLocation)
  }

  @Test func heHasVarianceTwoOverTheFan() {
    let fanIn = 32.0 * 9
    expect(values(graph, "wide.weight"), variance: 2 / fanIn, within: 1)
    let uniform = graph.initializingWeights { fanIn, _ in .heUniform(fan: fanIn) }
    expect(
      values(uniform, "wide.weight"), variance: 2 / fanIn, within: (6 / fanIn).squareRoot() + 1e-7)
    let out = graph.initializingWeights { _, fanOut in .he(fanIn: fanOut) }
    expect(values(out, "wide.weight"), variance: 2 / (64 * 9), within: 1)
  }

  @Test func xavierHasVarianceTwoOverBothFans() {
    let fans = 32.0 * 9 + 64 * 9
    let normal = graph.initializingWeights { .xavierNormal(fanIn: $0, fanOut: $1) }
    expect(values(normal, "wide.weight"), variance: 2 / fans, within: 1)
    let uniform = graph.initializingWeights { .xavierUniform(fanIn: $0, fanOut: $1) }
    expect(
      values(uniform, "wide.weight"), variance: 2 / fans, within: (6 / fans).squareRoot() + 1e-7)
    expect(values(normal, "linear.weight"), variance: 2 / (128 + 300), within: 1)
  }

  @Test func uniformEndsAtOneOverTheRoot() {
    let uniform = graph.initializingWeights { fanIn, _ in .uniform(fan: fanIn) }
    let bound = 1 / (32.0 * 9).squareRoot()
    expect(values(uniform, "wide.weight"), variance: bound * bound / 3, within: bound + 1e-7)
  }

  /// A group of 16 channels in gives one of 32 out.
  @Test func groupsCountForThemselves() {
    var fans: [(Int, Int)] = []
    _ = graph.initializingWeights {
      fans.append(($0, $1))
      return .constant(0)
    }
    #expect(fans.map(\.0) == [32 * 9, 16 * 9, 128] && fans.map(\.1) == [64 * 9, 32 * 9, 300])
  }

  @Test func ownInitializersStay() {
    let graph = Graph.trace { image in
      image.through("own", Convolution(channels: 4, kernel: 1, initializer: .constant(2)))
        .output("y")
    }.initializingWeights { _, _ in .constant(0) }
    #expect(graph.parameters[0].initializer == .constant(2))
  }

  private func zeroed(_ graph: Graph) -> [String] {
    zip(graph.parameters, graph.zeroingResidualBranches().parameters)
      .filter { $0.0.initializer != $0.1.initializer }.map(\.1.name)
  }

  @Test func lastNormsOfResidualBranchesAreZeroed() {
    let graph = Graph.trace(channels: 16) { image in
      image.through("same", ResidualBlock(channels: 16))
        .through("projected", ResidualBlock(channels: 32, stride: 2))
        .through("deep", BottleneckResidualBlock(channels: 32, hidden: 8))
        .through("inverted", InvertedResidual(channels: 32, hidden: 192))
        .through("dark", Bottleneck(channels: 32))
        .through(
          "gated",
          ResidualBlock(
            channels: 32, norm: .group(GroupNorm(.layer)), drop: Dropout(.pictures, rate: 0.1))
        )
        .output("y")
    }
    #expect(
      zeroed(graph) == [
        "same.conv2.norm.weight", "projected.conv2.norm.weight", "deep.conv3.norm.weight",
        "inverted.project.norm.weight", "dark.conv2.norm.weight",
        "gated.conv2.norm.weight",
      ])
    #expect(
      graph.zeroingResidualBranches().parameters.first { $0.name == "dark.conv2.norm.weight" }?
        .initializer == .constant(0))
  }

  /// As in a pyramid: what comes from a coarser level is no shortcut of the finer one's convolution.
  @Test func otherSumsKeepTheirNorms() {
    let graph = Graph.trace(channels: 16) { image in
      let fine = image.through("fine", ConvolutionBlock(channels: 16))
      let coarse = fine.through("coarse", ConvolutionBlock(channels: 16))
      (coarse.through("top", ConvolutionBlock(channels: 16, activation: .identity))
        + fine.through("lateral", ConvolutionBlock(channels: 16, activation: .identity)))
        .output("y")
    }
    #expect(zeroed(graph).isEmpty)
  }
}
