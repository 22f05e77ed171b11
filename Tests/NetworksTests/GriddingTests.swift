import Networks
import Testing

@Suite struct GriddingTests {
  private func graph(_ dilations: [Int]) -> Graph {
    Graph.trace(channels: 8) { x in
      x.through("stack", DilatedStack(channels: 8, dilations: dilations)).output("result")
    }
  }

  /// Sums of ±2 up to three times: even cells from −6 to 6, 7 of 13.
  @Test func aCommonFactorLeavesHoles() throws {
    let gridding = try #require(graph([2, 2, 2]).griddings.first)
    #expect(gridding.scope == "stack" && gridding.dilations == [2, 2, 2])
    #expect(gridding.reach == 13 && gridding.seen == 7)
    #expect(gridding.message.contains("1, 3, 5, 1, 3, 5") && !gridding.message.contains("\n"))
    #expect(!graph([2, 4, 6, 8]).griddings.isEmpty)
  }

  /// ±3 ± 5 without a 1: 1 and 4 are never reached.
  @Test func coprimeDilationsNeedAOne() {
    #expect(!graph([3, 5]).griddings.isEmpty)
  }

  @Test(arguments: [[1, 3, 5, 1, 3, 5], [1, 2, 5], [1, 1, 1], [1, 2], [4]])
  func theRemedySeesAll(dilations: [Int]) {
    #expect(graph(dilations).griddings.isEmpty)
  }

  /// One dilated convolution on each way is what those blocks are for.
  @Test func branchesSideBySideAreNoStack() {
    let graph = Graph.trace(channels: 8) { x in
      x.through("aspp", AtrousSpatialPyramidPooling(channels: 8))
        .through("rfb", ReceptiveFieldBlock(channels: 8)).output("result")
    }
    #expect(graph.griddings.isEmpty)
  }
}
