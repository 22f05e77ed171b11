import Execution
import Networks
import TestSupport
import Testing

/// The fast kernels of attention blocks against the Double reference, over whole channel blocks and
/// remainders, sizes beyond one strip of cells, and batches.
@Suite(.serialized) struct AttentionKernelTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let input: Shape
    let body: @Sendable (Value) -> Value
    /// Whether no kernel of the reference runs.
    let isFast: Bool

    init(
      _ name: String, _ channels: Int, _ height: Int, _ width: Int, isFast: Bool = true,
      _ body: @escaping @Sendable (Value) -> Value
    ) {
      testDescription = "\(name) of \(channels)×\(height)×\(width)"
      input = Shape(channels: channels, height: height, width: width)
      self.body = body
      self.isFast = isFast
    }

    var graph: Graph {
      Graph.trace(channels: input.channels) { image in
        image.scoped("block", body).output("result")
      }
    }
  }

  static let cases: [Case] = [
    Case("maximum", 20, 19, 17) { $0.spatialMaximum },
    Case("summary", 37, 19, 17) { ChannelSummary()($0) },
    Case("summary", 3, 2, 3) { ChannelSummary()($0) },
    Case("softmax", 21, 5, 3) { Softmax()($0) },
    Case("softmax", 16, 1, 1) { Softmax()($0) },
    Case("softmax of branches", 96, 3, 2) { Softmax(branches: 3)($0) },
    Case("softmax of parts of blocks", 12, 3, 2, isFast: false) { Softmax(branches: 3)($0) },
    Case("sum of branches", 96, 3, 5) { BranchSum(branches: 3)($0) },
    Case("sum of branches", 64, 3, 5) { BranchSum(branches: 2)($0) },
    Case("filter", 35, 1, 1) { ChannelConvolution(kernel: 5)($0) },
    Case("cell gate", 37, 19, 17) {
      $0.gated(by: $0.through("cells", Convolution(channels: 1, kernel: 1)).activated(.sigmoid))
    },
    Case("attention", 24, 5, 7) { attention($0, heads: 3, positions: 0) },
    Case("attention with positions", 32, 5, 7) { attention($0, heads: 2, positions: 4) },
    Case("selective kernel", 32, 9, 8) { SelectiveKernel()($0) },
    Case("CBAM", 32, 9, 8) { ConvolutionalBlockAttention(reduction: 4)($0) },
    Case("ECA", 48, 9, 8) { EfficientChannelAttention()($0) },
    Case("self-attention", 48, 7, 5) { SelfAttention(positions: 5)($0) },
  ]

  private static func attention(_ x: Value, heads: Int, positions: Int) -> Value {
    x.scoped("attention") {
      $0.attending(
        // A bias would do nothing: it adds the same to a query's agreement with every key.
        keys: x.through("keys", Convolution(channels: x.channels, kernel: 1, hasBias: false)),
        values: x,
        heads: heads, positions: positions)
    }
  }

  @Test(arguments: cases, [Mode.training, .inference])
  func followsReference(of one: Case, mode: Mode) throws {
    for batch in [1, 3] where batch == 3 || mode == .inference {
      try compare(
        graph: one.graph, inputs: [one.input], batch: batch, mode: mode, tolerance: 3e-5,
        compile: ReferenceComparisonTests.fast)
    }
  }

  /// In whole blocks gradients of gates are sums that nearly cancel out.
  @Test(
    .enabled(if: Precision.isBFloat16Supported, "this processor has no AVX-512 BF16"),
    arguments: cases)
  func bf16FollowsReference(of one: Case) throws {
    try compare(
      graph: one.graph, inputs: [one.input], batch: 2, mode: .training,
      tolerance: one.graph.parameters.count > 2 ? 0.25 : 5e-2,
      rounds: true, compile: ReferenceComparisonTests.brain)
  }

  @Test(arguments: cases) func runsOnKernelsOfItsOwn(of one: Case) throws {
    let graph = one.graph
    let plan = try compile(
      graph, inputs: [one.input], batch: 2, mode: .training, variables: Variables(graph))
    let kernels = try #require(plan as? FastPlan).kernelList
    #expect(kernels.contains { $0.implementation == "reference" } != one.isFast)
  }

  @Test func positionsOfAnotherSizeAreSaid() {
    let graph = Graph.trace(channels: 8) {
      $0.through("block", SelfAttention(heads: 2, positions: 5)).output("result")
    }
    func note(_ graph: Graph, _ sizes: (Int, Int)...) -> String? {
      graph.positionNote(sizes.map { [Shape(channels: 8, height: $0.0, width: $0.1)] })
    }
    #expect(note(graph, (5, 5)) == nil)
    let line = "block.attention: positions learned for 5×5 cells are interpolated linearly"
    #expect(note(graph, (5, 7)) == line + " to 5×7")
    #expect(
      note(graph, (5, 5), (9, 9), (3, 3)) == line + " where there are others, to 3×3 … 9×9")
    let three = Graph.trace(channels: 8) { image in
      (0..<3).reduce(image) {
        $0.through("\($1)", SelfAttention(heads: 2, positions: $1 == 0 ? 0 : 5))
      }.output("result")
    }
    #expect(
      note(three, (4, 4))
        == "1.attention and 1 more: positions learned for 5×5 cells are interpolated linearly to "
        + "4×4 in the first")
  }
}
