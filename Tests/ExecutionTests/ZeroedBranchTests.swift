import Execution
import Networks
import TestSupport
import Testing

/// What a network with zeroed residual branches computes, and what learns in it, in Double.
@Suite struct ZeroedBranchTests {
  private static let attentions: [Attention?] = [
    nil, .squeezeExcitation(SqueezeExcitation(reduction: 4)), .selectiveKernel(SelectiveKernel()),
    .convolutionalBlock(ConvolutionalBlockAttention(reduction: 4)),
    .efficientChannel(EfficientChannelAttention()),
    .selfAttention(SelfAttention(heads: 2, positions: 3)),
  ]

  enum Block: CaseIterable {
    case basic, reducing, bottleneck, dark, inverted

    /// Of 16 channels.
    func callAsFunction(_ x: Value, _ attention: Attention?, _ norm: Norm) -> Value {
      switch self {
      case .basic:
        ResidualBlock(channels: 16, attention: attention, norm: norm)(x)
      case .reducing:
        ResidualBlock(channels: 24, stride: 2, attention: attention, norm: norm)(x)
      case .bottleneck:
        BottleneckResidualBlock(channels: 16, hidden: 8, attention: attention, norm: norm)(x)
      case .dark: Bottleneck(channels: 16, hidden: 8, attention: attention, norm: norm)(x)
      case .inverted:
        InvertedResidual(
          channels: 16, hidden: 32, gate: SqueezeExcitation(hidden: 8), attention: attention,
          norm: norm)(x)
      }
    }

    /// What the block is without its branch.
    func shortcut(_ x: Value, _ norm: Norm) -> Value {
      switch self {
      case .basic, .bottleneck: x.activated(.relu)
      case .reducing:
        x.through(
          "shortcut",
          ConvolutionBlock(
            channels: 24, kernel: 1, stride: 2, activation: .identity, norm: norm)
        ).activated(.relu)
      case .dark, .inverted: x
      }
    }

    /// Whether a selective kernel's relu comes last.
    var endsInKernel: Bool { self != .bottleneck && self != .dark }
  }

  private static let norms: [Norm] = [.standard, .group(GroupNorm(.channels(4)))]

  @Test(arguments: Block.allCases, attentions.indices)
  func blocksBeginAsTheirShortcuts(_ block: Block, _ attention: Int) throws {
    let attention = Self.attentions[attention]
    for norm in Self.norms {
      let graph = Graph.trace(channels: 16) { image in
        // More than one value goes in, and all parameters of the block get a gradient but for zeros.
        let x = image.through("conv", Convolution(channels: 16, kernel: 1))
        x.scoped("block") { block($0, attention, norm) }.output("block")
        x.scoped("block") { block.shortcut($0, norm) }.output("shortcut")
      }
      let branches = graph.residualBranches
      try #require(branches.count == 1)
      if case .selectiveKernel = attention, block.endsInKernel {
        let barrier = try #require(branches[0].barrier)
        #expect(graph.nodes[barrier].operation == .activation(Activation(.relu)))
        continue
      }
      #expect(branches[0].barrier == nil)
      let zeroed = graph.zeroingResidualBranches()
      let result = run(zeroed)
      #expect(relativeError(result.outputs[0], result.outputs[1]) == 0)
      #expect(result.outputs[0].contains { $0 != 0 })
      let still = result.parameterGradients.indices.filter { index in
        result.parameterGradients[index].allSatisfy { $0 == 0 }
      }
      #expect(names(still, zeroed) == names(zeroed.parametersBehindZeroScales, zeroed))
      #expect(!still.isEmpty)
    }
  }

  /// Self-attention's sum, and a receptive-field block's, keep the 0.1 that they document.
  @Test func scalesOfTheirOwnStay() {
    let graph = Graph.trace(channels: 16) { image in
      image.through("block", ResidualBlock(channels: 16, attention: .selfAttention(.init())))
        .through("attention", SelfAttention()).through("wide", ReceptiveFieldBlock(channels: 16))
        .through("parallel", RepVGGBlock(channels: 16))
        .output("y")
    }
    let zeroed = graph.zeroingResidualBranches()
    let changed = zip(graph.parameters, zeroed.parameters).filter { $0 != $1 }.map(\.1)
    #expect(changed.map(\.name) == ["block.conv2.norm.weight"])
    #expect(changed.map(\.initializer) == [.constant(0)])
  }

  private func names(_ parameters: some Sequence<Int>, _ graph: Graph) -> [String] {
    parameters.map { graph.parameters[$0].name }.sorted()
  }

  private func run(_ graph: Graph) -> StepResult {
    let input = Shape(channels: 16, height: 6, width: 4)
    let variables = Variables<Double>(graph)
    let plan: any Plan<Double> = ReferencePlan(
      graph: graph, inputs: [input], batch: 2, mode: .training, variables: variables)
    return runStep(
      plan, variables: variables, inputs: [counterValues(name: "input", count: 2 * input.count)],
      outputGradients: plan.outputShapes.map {
        counterValues(name: "gradient", count: 2 * $0.count)
      })
  }
}
