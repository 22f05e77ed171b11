import Networks
import ReceptiveFields
import Testing

@Suite struct ReachPassTests {
  @Test func withoutResizingEveryFormulaIsThatOfThePaths() throws {
    for index in 0..<300 {
      // What sees every cell has another slope, and a formula holds the largest alone.
      let network = RandomNetwork(
        seed: 23, index: index, allowsResizing: false, allowsAttention: false)
      let analysis = FieldAnalysis(network.graph, inputs: [network.picture])
      for node in network.graph.outputs {
        let field = analysis.fields[node]!
        let paths = Paths(network.graph, analysis.shapes)
        let ranges = paths.ranges(node, cell: 5)
        let name: Comment = "network \(index), \(network.graph.nodes[node].name)"
        try #require(field.shortest.vertical.span == Rational(ranges.map(\.count).min()!), name)
        try #require(field.longest.vertical.span == Rational(ranges.map(\.count).max()!), name)
        try #require(
          field.hull.vertical.lowerEdge(5) == Rational(ranges.map(\.lowerBound).min()!), name)
        try #require(
          field.hull.vertical.upperEdge(5) == Rational(ranges.map(\.upperBound).max()!), name)
      }
    }
  }

  @Test func withResizingTheHullHoldsEveryCell() throws {
    for index in 0..<300 {
      let network = RandomNetwork(seed: 31, index: index)
      let analysis = FieldAnalysis(network.graph, inputs: [network.picture])
      // Values of several slopes have no hull of one slope; it is exact for their middle cell only.
      for node in network.graph.nodes.indices {
        let shape = analysis.shapes[node]
        let (row, column) = (shape.height / 2, shape.width / 2)
        let seen = analysis.unclampedSupport(of: node, row: row, column: column)!
        let hull = analysis.fields[node]!.hull
        try #require(hull.vertical.lowerEdge(row) <= Rational(seen.rows.lowerBound))
        try #require(hull.vertical.upperEdge(row) >= Rational(seen.rows.upperBound))
        try #require(hull.horizontal.lowerEdge(column) <= Rational(seen.columns.lowerBound))
        try #require(hull.horizontal.upperEdge(column) >= Rational(seen.columns.upperBound))
      }
    }
  }

  @Test func hullOfOneNearestResizingIsTouched() {
    // 5 cells to 7: over the seven places of the period some cell touches either line.
    let graph = Graph.trace(inputs: [("image", 1), ("like", 1)]) {
      $0[0].resized(like: $0[1]).output("y")
    }
    let analysis = FieldAnalysis(
      graph,
      inputs: [
        Shape(channels: 1, height: 5, width: 5), Shape(channels: 1, height: 7, width: 7),
      ])
    let node = graph.outputs[0]
    let hull = analysis.fields[node]!.hull.vertical
    let seen = (0..<7).map { analysis.support(of: node, row: $0, column: 0)!.rows }
    let below = seen.enumerated().map { Rational($1.lowerBound) - hull.lowerEdge($0) }
    let above = seen.enumerated().map { hull.upperEdge($0) - Rational($1.upperBound) }
    #expect(hull.slope == Rational(5, 7))
    #expect(below.min() == 0 && above.min() == 0)
  }
}

/// Every single way from the picture to a node, along rows, borders ignored.
private struct Paths {
  let graph: Graph
  let shapes: [Shape]

  init(_ graph: Graph, _ shapes: [Shape]) {
    self.graph = graph
    self.shapes = shapes
  }

  /// What a cell sees by each way.
  func ranges(_ node: Int, cell: Int) -> [Range<Int>] { ranges(node, cell...cell) }

  private func ranges(_ node: Int, _ cells: ClosedRange<Int>) -> [Range<Int>] {
    let inputs = graph.nodes[node].inputs
    switch graph.nodes[node].operation {
    case .input:
      return [cells.lowerBound..<cells.upperBound + 1]
    case .convolution(let convolution):
      return ranges(inputs[0], through(convolution.window, cells))
    case .pooling(let pooling):
      return ranges(inputs[0], through(pooling.window, cells))
    case .spatialMean, .spatialMaximum:
      return ranges(inputs[0], 0...shapes[inputs[0]].height - 1)
    case .attention:
      return ranges(inputs[2], 0...shapes[inputs[2]].height - 1)
    case .stochasticPooling(let pooling):
      return ranges(inputs[0], through(pooling.window, cells))
    case .borderPadding(let border):
      return ranges(inputs[0], through(Window(kernel: 1, padding: border.padding), cells))
    case .transposedConvolution, .adaptivePooling:
      preconditionFailure("networks that do not resize have none")
    case .concatenation, .addition, .weightedSum:
      return inputs.flatMap { ranges($0, cells) }
    case .regionPooling: preconditionFailure("no region pooling in these networks")
    case .resize, .batchNorm, .groupNorm, .activation, .gating, .linear, .channelSummary, .softmax,
      .branchSum,
      .channelConvolution, .dropout, .output:
      return ranges(inputs[0], cells)
    }
  }

  private func through(_ window: Window, _ cells: ClosedRange<Int>) -> ClosedRange<Int> {
    let first = cells.lowerBound * window.stride.height - window.padding.top
    let last = cells.upperBound * window.stride.height - window.padding.top
    return first...last + window.dilation.height * (window.kernel.height - 1)
  }
}
