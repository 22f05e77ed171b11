import Execution
import Networks
import TestSupport
import Testing

/// Concatenations whose inputs start inside a block of channels.
@Suite(.serialized) struct ConcatenationTests {
  /// 24 + 24 as in a cross-stage stage, odd counts, several inputs in one block.
  private static let counts = [[24, 24], [8, 40, 16], [3, 1, 7], [20, 33, 4, 16]]

  private static let precisions = Precision.allCases.filter {
    $0 == .f32 || Precision.isBFloat16Supported
  }

  private func graph(_ counts: [Int]) -> Graph {
    Graph.trace(channels: 16) { x in
      let parts = counts.enumerated().map { index, count in
        x.through("part\(index)", ConvolutionBlock(channels: count, kernel: 1))
      }
      let joint = Value.concatenated(parts)
      // Read by a convolution and by a norm, and one part by another reader.
      let read = joint.through("read", Convolution(channels: 16, kernel: 3))
      let other = parts[1].through("other", Convolution(channels: 16, kernel: 1))
      (read + other).output("result")
      joint.activated(.silu).output("joint")
    }
  }

  @Test(arguments: counts, precisions)
  func agreesWithTheReference(counts: [Int], precision: Precision) throws {
    for mode in [Mode.training, .inference] {
      try compare(
        graph: graph(counts), inputs: [Shape(channels: 16, height: 19, width: 21)], batch: 2,
        mode: mode, tolerance: precision == .f32 ? 1e-4 : 0.03, rounds: precision == .bf16,
        compile: precision == .f32 ? ReferenceComparisonTests.fast : ReferenceComparisonTests.brain)
    }
  }

  @Test func runsOnAKernelOfItsOwn() throws {
    let graph = graph([20, 28])
    let plan = try compile(
      graph, inputs: [Shape(channels: 16, height: 9, width: 8)], batch: 2, mode: .training,
      variables: Variables(graph))
    let kernels = try #require(plan as? FastPlan).kernelList
    #expect(!kernels.contains { $0.implementation.hasPrefix("ref") })
    #expect(kernels.count { $0.implementation == "join-channels" } == 1)
    #expect(kernels.count { $0.implementation == "split-channels" } == 1)
  }
}
