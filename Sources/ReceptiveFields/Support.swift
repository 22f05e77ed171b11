import Networks

/// Rows and columns of pixels, half-open.
package struct PixelRectangle: Hashable, Sendable {
  package var rows: Range<Int>
  package var columns: Range<Int>

  package init(rows: Range<Int>, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
  }
}

extension FieldAnalysis {
  /// The smallest rectangle of the picture that holds every pixel one cell sees along features.
  ///
  /// Exact, borders included: sets of cells are followed back through every operator, since what
  /// a dilated window sees at a border depends on the holes in the set.
  ///
  /// - Returns: `nil` if the cell sees padding only.
  package func support(of node: Int, row: Int, column: Int, gates: GateRule = .detached)
    -> PixelRectangle?
  {
    let steps =
      gates == .detached
      ? self.steps : FieldSteps(graph, shapes: shapes, source: self.steps.source, gates: gates)
    var masks = [CellMask?](repeating: nil, count: node + 1)
    masks[node] = CellMask(steps.shapes[node])
    masks[node]!.insert(row, column)
    for index in stride(from: node, to: steps.source, by: -1) {
      guard let mask = masks[index] else { continue }
      masks[index] = nil
      for edge in steps.edges[index] {
        var target = masks[edge.input] ?? CellMask(steps.shapes[edge.input])
        mask.spread(into: &target, rows: edge.vertical, columns: edge.horizontal)
        masks[edge.input] = target
      }
    }
    return node < steps.source ? nil : masks[steps.source]?.hull
  }

  /// The same on a picture and values without borders, cells outside them included.
  ///
  /// - Returns: `nil` if no way leads from the picture to the node.
  package func unclampedSupport(of node: Int, row: Int, column: Int) -> PixelRectangle? {
    guard let rows = unclampedSupport(of: node, cell: row, .vertical),
      let columns = unclampedSupport(of: node, cell: column, .horizontal)
    else { return nil }
    return PixelRectangle(rows: rows, columns: columns)
  }

  private func unclampedSupport(of node: Int, cell: Int, _ axis: Axis) -> Range<Int>? {
    var bounds = [ClosedRange<Int>?](repeating: nil, count: node + 1)
    bounds[node] = cell...cell
    for index in stride(from: node, to: steps.source, by: -1) {
      guard let seen = bounds[index] else { continue }
      for edge in steps.edges[index] {
        let step = edge.step(axis).withoutBorders
        let first = step.extremes(seen.lowerBound)
        let last = step.extremes(seen.upperBound)
        let known = bounds[edge.input]
        bounds[edge.input] =
          min(
            known?.lowerBound ?? first.lowerBound, first.lowerBound)...max(
            known?.upperBound ?? last.upperBound, last.upperBound)
      }
    }
    return node < steps.source ? nil : bounds[steps.source].map { Range($0) }
  }
}

extension AxisStep {
  /// The first and the last cell that output cell `i` sees.
  fileprivate func extremes(_ i: Int) -> ClosedRange<Int> {
    let cells = Array(self.cells(i))
    return cells[0]...cells[cells.count - 1]
  }
}

/// A set of cells of one value.
private struct CellMask {
  let height: Int
  let width: Int
  private var isMember: [Bool]

  /// The empty set.
  init(_ shape: Shape) {
    height = shape.height
    width = shape.width
    isMember = [Bool](repeating: false, count: shape.area)
  }

  mutating func insert(_ row: Int, _ column: Int) {
    precondition(
      (0..<height).contains(row) && (0..<width).contains(column),
      "cell (\(row), \(column)) lies outside \(height)×\(width)")
    isMember[row * width + column] = true
  }

  /// Adds to `target` what the cells of this set see of it, one axis after the other.
  func spread(into target: inout CellMask, rows: AxisStep, columns: AxisStep) {
    var tall = [Bool](repeating: false, count: target.height * width)
    for row in 0..<height {
      let members = (0..<width).filter { isMember[row * width + $0] }
      guard !members.isEmpty else { continue }
      for seen in rows.cells(row) where seen >= 0 && seen < target.height {
        for column in members { tall[seen * width + column] = true }
      }
    }
    for column in 0..<width {
      let members = (0..<target.height).filter { tall[$0 * width + column] }
      guard !members.isEmpty else { continue }
      for seen in columns.cells(column) where seen >= 0 && seen < target.width {
        for row in members { target.isMember[row * target.width + seen] = true }
      }
    }
  }

  var hull: PixelRectangle? {
    let members = isMember.indices.filter { isMember[$0] }
    guard let first = members.first, let last = members.last else { return nil }
    let columns = members.map { $0 % width }
    return PixelRectangle(
      rows: first / width..<last / width + 1, columns: columns.min()!..<columns.max()! + 1)
  }
}
