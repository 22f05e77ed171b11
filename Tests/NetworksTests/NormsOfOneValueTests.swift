import Networks
import Testing

@Suite struct NormsOfOneValueTests {
  /// A norm of 8 channels on a map, and another on its mean.
  private func graph(_ norm: Norm) -> Graph {
    Graph.trace(channels: 8) { image in
      image.through("map", norm).spatialMean.through("mean", norm).output("y")
    }
  }

  private func shapes(_ height: Int, _ width: Int) -> [Shape] {
    [Shape(channels: 8, height: height, width: width)]
  }

  @Test(arguments: [
    (GroupNorm.Grouping.instance, true), (.channels(1), true), (.groups(8), true),
    (.groups(16), true), (.channels(2), false), (.groups(4), false), (.layer, false),
  ])
  func groupsOfOneChannelNeedCells(_ grouping: GroupNorm.Grouping, _ isAlone: Bool) {
    let graph = graph(.group(GroupNorm(grouping)))
    func names(_ height: Int, _ width: Int) -> [String] {
      graph.groupNormsOfOneValue(inputs: shapes(height, width)).map(\.name)
    }
    #expect(names(1, 2) == (isAlone ? ["mean"] : []))
    #expect(names(1, 1) == (isAlone ? ["map", "mean"] : []))
    #expect(graph.batchNormsOfOneValue(inputs: shapes(1, 1), batch: 1).isEmpty)
  }

  @Test(arguments: [
    (BatchNorm.Statistics.batch, true), (.renormalized(Renormalization()), true), (.frozen, false),
  ])
  func batchesOfOneNeedCells(_ statistics: BatchNorm.Statistics, _ isAlone: Bool) {
    let graph = graph(.batch(BatchNorm(statistics: statistics)))
    func names(_ height: Int, batch: Int) -> [String] {
      graph.batchNormsOfOneValue(inputs: shapes(height, 1), batch: batch).map(\.name)
    }
    #expect(names(2, batch: 1) == (isAlone ? ["mean"] : []))
    #expect(names(1, batch: 1) == (isAlone ? ["map", "mean"] : []))
    #expect(names(1, batch: 2).isEmpty)
    #expect(graph.groupNormsOfOneValue(inputs: shapes(1, 1)).isEmpty)
  }
}
