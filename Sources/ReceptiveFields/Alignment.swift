import Boxes
import Networks

/// How grids of cells lie on the picture at one input size. Pairs are `[vertical, horizontal]`;
/// near is top and left, far is bottom and right.
extension ReceptiveFieldReport {
  /// Of one layer that moves by more than a cell; in cells of its input.
  package struct LayerAlignment: Codable, Hashable, Sendable {
    package var kernel: AxisPair
    package var stride: AxisPair
    /// Extent of the layer's input.
    package var input: AxisPair
    /// Cells at the far side that are never read.
    package var unread: AxisPair
    /// Cells between the window's places that are never read, as by a 1×1 kernel of stride 2.
    package var skipped: AxisPair
    package var nearPadding: AxisPair
    package var farPadding: AxisPair
    /// Part of the far padding that is never used.
    package var unusedPadding: AxisPair
    /// Centre of the first cell's field minus half the cumulative stride; pixels.
    package var drift: AxisPair
  }

  /// Of one level; in pixels.
  package struct LevelAlignment: Codable, Hashable, Sendable {
    /// Rows and columns of cells.
    package var cells: AxisPair
    /// Rows and columns at the far side that no cell of the level sees by any way.
    package var unread: AxisPair
    /// Other rows and columns that no cell sees.
    package var skipped: AxisPair
    /// Far padding that the bottom-up way's strided layers never use.
    package var unusedPadding: AxisPair
    /// How far the first cell's bottom-up field reaches beyond the near edge, and the last one's
    /// beyond the far edge; negative: it ends inside.
    package var overhangNear: AxisPair
    package var overhangFar: AxisPair
    /// Where decoding takes the first cell's centre to be; what it truly sees is centred at
    /// ``Level/offset``.
    package var decodedCentre: AxisPair
    /// Whether that is where the first cell's field is centred.
    package var decodingAccounts: Bool
  }
}

extension ReceptiveFieldReport.LayerAlignment {
  /// `nil` where no window moves by more than a cell.
  init?(node: Int, in analysis: FieldAnalysis) {
    guard let window = analysis.graph.nodes[node].stridedWindow,
      let field = analysis.fields[node]
    else { return nil }
    let input = analysis.shapes[analysis.graph.nodes[node].inputs[0]]
    func pair(_ body: (WindowFit) -> Int) -> AxisPair {
      AxisPair(cells: { body(WindowFit(window, $0, input: input, output: analysis.shapes[node])) })
    }
    kernel = pair(\.count)
    stride = pair(\.stride)
    self.input = pair(\.cells)
    unread = pair(\.unread)
    skipped = pair(\.skipped)
    nearPadding = pair(\.near)
    farPadding = pair(\.far)
    unusedPadding = pair(\.unusedFar)
    drift = field.bottomUp.drift
  }
}

extension ReceptiveFieldReport.LevelAlignment {
  init(node: Int, in analysis: FieldAnalysis) {
    let reach = analysis.fields[node]!.bottomUp
    let seen = Axis.allCases.map { analysis.isRead(by: node, $0) }
    let unread = seen.map { isRead in isRead.count - 1 - (isRead.lastIndex(of: true) ?? -1) }
    let skipped = zip(seen, unread).map { isRead, far in isRead.count { !$0 } - far }
    self.unread = AxisPair(Double(unread[0]), Double(unread[1]))
    self.skipped = AxisPair(Double(skipped[0]), Double(skipped[1]))
    cells = AxisPair(cells: { $0.extent(analysis.shapes[node]) })
    unusedPadding = AxisPair { analysis.unusedPadding($0)[node] }
    overhangNear = AxisPair { Rational(0) - reach[$0].lowerEdge(0) }
    overhangFar = AxisPair { axis in
      reach[axis].upperEdge(axis.extent(analysis.shapes[node]) - 1)
        - Rational(axis.extent(analysis.picture))
    }
    decodedCentre = Self.decodedCentre(stride: reach.stride)
    decodingAccounts = decodedCentre == reach.center
  }

  /// As heads lay out the candidates of a level, ``AnchorShapes/boxes(stride:rows:columns:)``.
  private static func decodedCentre(stride: AxisPair) -> AxisPair {
    func centre(_ stride: Double) -> Double {
      // Heads know whole strides only; other levels' cells are taken the same way.
      guard let whole = Int(exactly: stride), whole > 0 else { return stride / 2 }
      let shape = AnchorShapes(base: 1, scales: [1], ratios: [1])
      return Double(shape.boxes(stride: whole, rows: 1, columns: 1)[0].centerX)
    }
    return AxisPair(centre(stride.vertical), centre(stride.horizontal))
  }
}
