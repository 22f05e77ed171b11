import Detectors
import Execution
import Networks
import TestSupport
import Testing

/// Convolutions in parallel that inference sums into one.
@Suite(.serialized) struct ParallelBranchesTests {
  private func plan(_ graph: Graph, _ input: Shape, batch: Int = 2) throws -> FastPlan {
    let variables = Variables<Float>(graph)
    variables.fillFromCounters()
    return try #require(
      try compile(graph, inputs: [input], batch: batch, mode: .inference, variables: variables)
        as? FastPlan)
  }

  /// Against the Double reference, which sums nothing.
  private func expectAgreement(_ graph: Graph, _ input: Shape) throws {
    try compare(
      graph: graph, inputs: [input], batch: 2, mode: .inference, tolerance: 1e-4,
      compile: ReferenceComparisonTests.fast)
  }

  private func convolutions(_ plan: FastPlan) -> Int {
    plan.kernelList.count { $0.details.contains("→") }
  }

  @Test func aRepVGGBlockIsOneConvolution() throws {
    let yaml = """
      {strides: [4, 8, 16, 32], neck: {type: featurePyramid}, head: {type: anchor}, backbone:
       {type: repvggA0, stem: 16, widths: [16, 32, 32, 48], depths: [1, 2, 2, 1]}}
      """
    let backbone = try ModelSettings(yaml: yaml, file: "test").backbone.backbone
    let graph = Graph.trace { image in
      image.scoped("backbone") { backbone($0) }.last!.output("c5")
    }
    let input = Shape(channels: 3, height: 64, width: 96)
    let plan = try plan(graph, input)
    // One for the stem and each block.
    #expect(convolutions(plan) == 7)
    #expect(!plan.kernelList.contains { $0.implementation == "add" })
    try expectAgreement(graph, input)
  }

  /// A 5×5 with a 3×3 of dilation 2, a 1×1 with bias and no norm, and the value's own norm.
  @Test func smallerWindowsFitIntoLargerOnes() throws {
    let graph = Graph.trace(channels: 16) { x in
      func convolved(_ name: String, _ kernel: Extent, _ dilation: Extent = 1) -> Value {
        x.through(
          name, Convolution(channels: 16, kernel: kernel, dilation: dilation, hasBias: false)
        ).through(name + "Norm", BatchNorm())
      }
      let small = x.through("point", Convolution(channels: 16, kernel: 1))
      let sum = (convolved("dilated", 3, 2) + small) + (convolved("wide", 5) + BatchNorm()(x))
      sum.activated(.silu).output("result")
    }
    let input = Shape(channels: 16, height: 9, width: 12)
    #expect(convolutions(try plan(graph, input)) == 1)
    try expectAgreement(graph, input)
  }

  @Test func groupsStayApart() throws {
    let graph = Graph.trace(channels: 32) { x in
      let block = { ConvolutionBlock(channels: 32, kernel: $0, groups: 2, activation: .identity) }
      let sum = x.through("three", block(3)) + x.through("one", block(1))
      (sum + x.through("identity", BatchNorm())).activated(.relu).output("result")
    }
    let input = Shape(channels: 32, height: 8, width: 8)
    #expect(convolutions(try plan(graph, input)) == 1)
    try expectAgreement(graph, input)
  }

  /// Different inputs, a branch used elsewhere too, a window that does not fit, and a norm that comes
  /// first, which has its own step by then.
  @Test func whatIsNoSuchSumStaysApart() throws {
    let block = { (kernel: Extent) in
      ConvolutionBlock(channels: 16, kernel: kernel, activation: .identity)
    }
    let graphs = [
      Graph.trace(channels: 16) { x in
        let y = x.through("first", block(3))
        (y.through("second", block(3)) + x.through("third", block(1))).output("result")
      },
      Graph.trace(channels: 16) { x in
        let y = x.through("first", block(3))
        (y + x.through("second", block(1))).output("result")
        y.output("branch")
      },
      Graph.trace(channels: 16) { x in
        let flat = Extent(height: 1, width: 3)
        let tall = Extent(height: 3, width: 1)
        (x.through("flat", block(flat)) + x.through("tall", block(tall))).output("result")
      },
      Graph.trace(channels: 16) { x in
        let own = x.through("identity", BatchNorm())
        (own + x.through("first", block(3))).output("result")
      },
    ]
    let input = Shape(channels: 16, height: 7, width: 10)
    for (graph, count) in zip(graphs, [3, 2, 2, 1]) {
      #expect(convolutions(try plan(graph, input)) == count)
      try expectAgreement(graph, input)
    }
  }
}
