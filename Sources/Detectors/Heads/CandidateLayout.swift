import Boxes
import Networks

/// Every place where a head predicts, of all levels, in one order: level, anchor shape, row,
/// column.
package struct CandidateLayout: Sendable {
  package struct Level: Sendable {
    package var stride: Int
    package var rows: Int
    package var columns: Int
    /// Index of its first candidate.
    package var offset: Int
    package var anchorsPerCell: Int

    package var area: Int { rows * columns }
  }

  package let levels: [Level]
  package let count: Int
  /// The candidates' anchors; their centres are the cells' centres.
  package let anchors: [Box]
  /// Stride of each candidate's level.
  package let strides: [Float]

  /// - Parameter extents: rows and columns of each level.
  package init(extents: [Extent], strides: [Int], shapes: AnchorShapes) {
    precondition(extents.count == strides.count, "one extent a stride is needed")
    var levels: [Level] = []
    var anchors: [Box] = []
    var each: [Float] = []
    for (index, (extent, stride)) in zip(extents, strides).enumerated() {
      levels.append(
        Level(
          stride: stride, rows: extent.height, columns: extent.width, offset: anchors.count,
          anchorsPerCell: shapes.countPerCell(level: index)))
      anchors += shapes.boxes(
        level: index, stride: stride, rows: extent.height, columns: extent.width)
      each += [Float](repeating: Float(stride), count: anchors.count - each.count)
    }
    self.levels = levels
    self.anchors = anchors
    self.strides = each
    count = anchors.count
  }

  /// Candidates of a level.
  package func range(_ level: Level) -> Range<Int> {
    level.offset..<level.offset + level.area * level.anchorsPerCell
  }

  /// Calls `body` for each candidate whose centre lies inside the box, in ascending order.
  @inline(__always)
  package func forEachCandidate(of level: Level, inside box: Box, _ body: (Int) -> Void) {
    let rows = Self.cells(box.top, box.bottom, stride: level.stride, count: level.rows)
    let columns = Self.cells(box.left, box.right, stride: level.stride, count: level.columns)
    for anchor in 0..<level.anchorsPerCell {
      for row in rows {
        let start = level.offset + anchor * level.area + row * level.columns
        for column in columns { body(start + column) }
      }
    }
  }

  /// Cells whose centres `(i + ½)·stride` lie in `low ..< high`.
  private static func cells(_ low: Float, _ high: Float, stride: Int, count: Int) -> Range<Int> {
    func first(_ edge: Float) -> Int {
      let index = (edge / Float(stride) - 0.5).rounded(.up)
      return Int(min(max(index, 0), Float(count)))
    }
    let start = first(low)
    return start..<max(start, first(high))
  }
}
