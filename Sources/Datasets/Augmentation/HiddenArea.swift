import Boxes
import Images

extension Recipe.Finish {
  /// The share of a canvas box that rectangles and grid leave visible; of 1, exact up to rounding.
  package func visibleShare(of box: Box) -> Double {
    let area = Double(box.area)
    guard area > 0 else { return 0 }
    return 1 - Self.coveredArea(rectangles(in: box)) / area
  }

  /// What is hidden of the box, in pieces that may overlap.
  private func rectangles(in box: Box) -> [Box] {
    let all = hidden.map { sides in
      Box(
        left: Float(sides[0]), top: Float(sides[1]), right: Float(sides[2]),
        bottom: Float(sides[3]))
    }
    return (all + squares(over: box)).map { $0.clipped(to: box) }.filter { $0.area > 0 }
  }

  /// The grid's squares that may reach into the box.
  private func squares(over box: Box) -> [Box] {
    guard let grid else { return [] }
    func starts(_ origin: Int, _ low: Float, _ high: Float) -> StrideTo<Float> {
      let period = Float(grid.period)
      let steps = ((low - Float(origin)) / period).rounded(.down)
      return stride(from: Float(origin) + steps * period, to: high, by: period)
    }
    let side = Float(grid.side)
    return starts(grid.y, box.top, box.bottom).flatMap { top in
      starts(grid.x, box.left, box.right).map { left in
        Box(left: left, top: top, right: left + side, bottom: top + side)
      }
    }
  }

  /// Of the union: between two neighbouring upper or lower edges every box is present all the way or
  /// not at all.
  private static func coveredArea(_ boxes: [Box]) -> Double {
    let edges = boxes.flatMap { [$0.top, $0.bottom] }.sorted()
    let ordered = boxes.sorted { ($0.left, $0.right) < ($1.left, $1.right) }
    var area = 0.0
    for (top, bottom) in zip(edges, edges.dropFirst()) where top < bottom {
      var width = 0.0
      var reached = -Float.infinity
      for box in ordered where box.top <= top && box.bottom >= bottom && box.right > reached {
        width += Double(box.right - max(box.left, reached))
        reached = box.right
      }
      area += width * Double(bottom - top)
    }
    return area
  }
}

extension Targets {
  /// Takes out the objects of which too little stays visible, and counts them.
  package mutating func dropHidden(by finish: Recipe.Finish, minimumVisibleShare: Double) {
    guard !finish.hidden.isEmpty || finish.grid != nil else { return }
    // A box hidden whole is none even where 0 is asked for.
    let least = max(minimumVisibleShare, 1e-6)
    let kept = boxes.indices.filter { finish.visibleShare(of: boxes[$0]) >= least }
    lost.hidden += boxes.count - kept.count
    let firstPasted = boxes.count - pastedBoxes
    pastedBoxes = kept.count { $0 >= firstPasted }
    boxes = kept.map { boxes[$0] }
    classes = kept.map { classes[$0] }
    annotations = kept.map { annotations[$0] }
  }
}
