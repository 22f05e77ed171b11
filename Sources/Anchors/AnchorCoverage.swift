import Boxes
import ReceptiveFields

/// How anchors, standing in the centres of their levels' cells, meet a data set's objects.
package struct AnchorCoverage: Codable, Hashable, Sendable {
  /// Of which the figures are.
  package var objects: Int
  /// Mean over the objects of the IoU with the nearest anchor's size, both at one centre: what
  /// k-means looks at.
  package var meanSizeOverlap: Double
  /// Mean over the objects of the IoU with the best anchor where it stands.
  package var meanBestOverlap: Double
  /// Best possible recall: share of objects that some anchor meets with an IoU of 0.5 or more.
  package var recall50: Double
  /// The same at the IoU from which the assigner calls anchors positive; `nil` for one without.
  package var recallAtThreshold: Double?
  /// Anchors that meet an object with at least the assigner's IoU, or else 0.5: the mean.
  package var anchorsPerObject: Double
  /// For each level and anchor, the share of objects that it meets best.
  package var shares: [[Double]]

  /// - Parameters:
  ///   - objects: in pixels of the network's input, of positive area.
  ///   - threshold: the assigner's; in 0 … 1.
  package init(_ levels: [AnchorLevel], objects: [Box], threshold: Double?) {
    self.objects = objects.count
    let sizes = levels.flatMap(\.anchors).map {
      ObjectSize(width: Double($0.width), height: Double($0.height))
    }
    var counts = levels.map { [Int](repeating: 0, count: $0.anchors.count) }
    var sums = (size: 0.0, best: 0.0)
    var met = (half: 0, threshold: 0, anchors: 0)
    for box in objects {
      sums.size += ObjectSize(box).nearest(of: sizes).overlap
      let best = Self.best(box, levels)
      counts[best.level][best.anchor] += 1
      sums.best += best.overlap
      if best.overlap >= 0.5 { met.half += 1 }
      if let threshold, best.overlap >= threshold { met.threshold += 1 }
      for level in levels { met.anchors += level.count(meeting: box, threshold ?? 0.5) }
    }
    let total = Double(max(1, objects.count))
    meanSizeOverlap = sums.size / total
    meanBestOverlap = sums.best / total
    recall50 = Double(met.half) / total
    recallAtThreshold = threshold == nil ? nil : Double(met.threshold) / total
    anchorsPerObject = Double(met.anchors) / total
    shares = counts.map { $0.map { Double($0) / total } }
  }

  /// The anchor of the highest IoU, the first of several.
  private static func best(_ box: Box, _ levels: [AnchorLevel]) -> (
    level: Int, anchor: Int, overlap: Double
  ) {
    var best = (level: 0, anchor: 0, overlap: -1.0)
    for (index, level) in levels.enumerated() {
      for (anchor, size) in level.anchors.enumerated() {
        let overlap = level.bestOverlap(of: size, with: box)
        if overlap > best.overlap { best = (index, anchor, overlap) }
      }
    }
    return best
  }
}

extension ObjectSize {
  package init(_ box: Box) {
    self.init(width: Double(box.width), height: Double(box.height))
  }
}

/// One side of a box: what overlaps are made of, axis by axis.
private struct Segment {
  var low: Double
  var high: Double

  var length: Double { high - low }
  var centre: Double { (low + high) / 2 }

  /// Length in common with a segment of the given length around a centre.
  func common(_ length: Double, around centre: Double) -> Double {
    max(0, min(high, centre + length / 2) - max(low, centre - length / 2))
  }
}

extension AnchorLevel {
  private func across(_ box: Box) -> Segment {
    Segment(low: Double(box.left), high: Double(box.right))
  }

  private func down(_ box: Box) -> Segment {
    Segment(low: Double(box.top), high: Double(box.bottom))
  }

  /// Of both, in numbers that agree with the sides in common.
  private func areas(_ anchor: AnchorSize, _ box: Box) -> Double {
    Double(anchor.width) * Double(anchor.height) + across(box).length * down(box).length
  }

  private func cellCentre(_ cell: Int) -> Double { (Double(cell) + 0.5) * Double(stride) }

  /// The IoU is highest where the boxes have the longest sides in common, and these are longest in
  /// the cell whose centre is nearest, along each axis by itself.
  func bestOverlap(of anchor: AnchorSize, with box: Box) -> Double {
    func common(_ side: Segment, _ length: Float, _ count: Int) -> Double {
      let cell = min(max(Int((side.centre / Double(stride)).rounded(.down)), 0), count - 1)
      return side.common(Double(length), around: cellCentre(cell))
    }
    let inside =
      common(across(box), anchor.width, columns) * common(down(box), anchor.height, rows)
    return inside / (areas(anchor, box) - inside)
  }

  /// How many of the level's anchors meet the box with at least this IoU.
  func count(meeting box: Box, _ threshold: Double) -> Int {
    anchors.reduce(0) { $0 + count(of: $1, meeting: box, threshold) }
  }

  private func count(of anchor: AnchorSize, meeting box: Box, _ threshold: Double) -> Int {
    // An IoU of t needs t·max(lengths) in common along each axis.
    func commons(_ side: Segment, _ length: Float, _ count: Int) -> [Double] {
      let least = threshold * max(side.length, Double(length))
      let reach = (side.length + Double(length)) / 2 - least
      let first = ((side.centre - reach) / Double(stride) - 0.5).rounded(.down)
      let last = ((side.centre + reach) / Double(stride) - 0.5).rounded(.up)
      let low = Int(min(max(first, 0), Double(count)))
      let high = Int(min(max(last + 1, Double(low)), Double(count)))
      return (low..<max(low, high)).map { side.common(Double(length), around: cellCentre($0)) }
    }
    let widths = commons(across(box), anchor.width, columns)
    let heights = commons(down(box), anchor.height, rows)
    let both = areas(anchor, box)
    var result = 0
    for width in widths {
      for height in heights where width * height >= threshold * (both - width * height) {
        result += 1
      }
    }
    return result
  }
}
