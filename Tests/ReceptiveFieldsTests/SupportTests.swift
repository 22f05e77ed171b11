import Networks
import RandomNumbers
import ReceptiveFields
import Testing

@Suite struct SupportTests {
  @Test func everyCellSeesWhatBruteForceSees() throws {
    var cells = 0
    for index in 0..<1000 {
      let network = RandomNetwork(seed: 11, index: index)
      let analysis = FieldAnalysis(network.graph, inputs: [network.picture])
      let naive = NaiveSupport(network.graph, picture: network.picture)
      for node in network.graph.nodes.indices {
        for (row, column) in corners(analysis.shapes[node]) {
          let support = analysis.support(of: node, row: row, column: column)
          let truth = naive.hull(of: node, row: row, column: column)
          try #require(
            support?.rows == truth?.rows && support?.columns == truth?.columns,
            "network \(index), \(network.graph.nodes[node].name) at (\(row), \(column))")
          cells += 1
        }
      }
    }
    #expect(cells > 50_000)
  }

  @Test func cellsFarFromBordersSeeTheSameWithoutThem() {
    // Three 3×3 windows from the middle of 21 cells stay inside; from a corner they do not.
    let graph = Graph.trace(channels: 1) { image in
      var x = image
      for name in ["a", "b", "c"] { x = x.through(name, Convolution(channels: 1, kernel: 3)) }
      x.output("y")
    }
    let picture = Shape(channels: 1, height: 21, width: 21)
    let analysis = FieldAnalysis(graph, inputs: [picture])
    let last = graph.outputs[0]
    let middle = PixelRectangle(rows: 7..<14, columns: 7..<14)
    #expect(analysis.support(of: last, row: 10, column: 10) == middle)
    #expect(analysis.unclampedSupport(of: last, row: 10, column: 10) == middle)
    #expect(
      analysis.support(of: last, row: 0, column: 10) == PixelRectangle(rows: 0..<4, columns: 7..<14)
    )
    #expect(
      analysis.unclampedSupport(of: last, row: 0, column: 10)
        == PixelRectangle(rows: -3..<4, columns: 7..<14))
  }

  @Test func cellOfPaddingAloneSeesNothing() {
    let graph = Graph.trace(channels: 1) {
      $0.through("wide", Convolution(channels: 1, kernel: 1, padding: 1)).output("y")
    }
    let analysis = FieldAnalysis(graph, inputs: [Shape(channels: 1, height: 3, width: 3)])
    #expect(analysis.support(of: graph.outputs[0], row: 0, column: 2) == nil)
    #expect(
      analysis.support(of: graph.outputs[0], row: 1, column: 3)
        == PixelRectangle(rows: 0..<1, columns: 2..<3))
  }

  @Test func nearestCellsDifferByPlaceInThePeriod() {
    // Cells 0 and 1 of the enlarged value repeat cell 0; a 3-window over them sees −1 … 1, 0 … 2.
    let graph = Graph.trace(channels: 1) {
      $0.upsampled(by: 2).through("after", Convolution(channels: 1, kernel: 3)).output("y")
    }
    let analysis = FieldAnalysis(graph, inputs: [Shape(channels: 1, height: 8, width: 8)])
    let last = graph.outputs[0]
    #expect(analysis.unclampedSupport(of: last, row: 2, column: 3)?.rows == 0..<2)
    #expect(analysis.unclampedSupport(of: last, row: 2, column: 3)?.columns == 1..<3)
    // The hull over the period: from (i − 1)/2 − ½ to (i + 1)/2 + 1.
    let hull = analysis.fields[last]!.hull.vertical
    #expect(hull == Reach(slope: Rational(1, 2), lower: -1, upper: Rational(3, 2)))
  }
}

/// The corner cells, the middle one, and two others.
private func corners(_ shape: Shape) -> [(Int, Int)] {
  let (bottom, right) = (shape.height - 1, shape.width - 1)
  return [
    (0, 0), (0, right), (bottom, 0), (bottom, right), (bottom / 2, right / 2), (bottom / 3, right),
    (bottom, right / 3),
  ]
}
