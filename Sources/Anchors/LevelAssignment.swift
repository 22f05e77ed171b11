import Boxes
import Foundation
import ReceptiveFields

/// Which anchors go to which level, by what the levels see.
///
/// Anchors in the order of their area are cut into as many runs as there are levels, none of them
/// empty: a head predicts on every level. Of all cuts the one of the least sum of costs is taken. An
/// anchor of side s costs `|ln(s / m)|` on a level, m being the geometric middle of the sides that
/// the level's receptive field suits, and ``mismatch`` more where it is under half a stride or
/// exceeds the field.
package struct LevelAssignment {
  /// More than any ratio of sides costs (e¹⁰ = 22,026), so that it is avoided wherever possible.
  static let mismatch = 10.0

  /// The levels with their anchors.
  package let levels: [AnchorLevel]

  /// - Parameter levels: finest first.
  /// - Throws: ``AnchorError/fewAnchors(count:levels:)``.
  package init(_ anchors: [AnchorSize], levels: [AnchorLevel]) throws {
    guard anchors.count >= levels.count else {
      throw AnchorError.fewAnchors(count: anchors.count, levels: levels.count)
    }
    let anchors = anchors.sorted { ($0.area, $0.width) < ($1.area, $1.width) }
    let ends = Self.ends(anchors, levels)
    self.levels = levels.indices.map { index in
      var level = levels[index]
      level.anchors = Array(anchors[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
      return level
    }
  }

  static func cost(_ anchor: AnchorSize, on level: AnchorLevel) -> Double {
    let middle = (level.objectRange.low * level.objectRange.high).squareRoot()
    let cost = abs(log(anchor.side / max(middle, .leastNormalMagnitude)))
    return level.isUnderHalfStride(anchor) || level.exceedsField(anchor) ? cost + mismatch : cost
  }

  /// The index after each level's last anchor, by dynamic programming over levels and anchors.
  private static func ends(_ anchors: [AnchorSize], _ levels: [AnchorLevel]) -> [Int] {
    // best[n]: least cost of n anchors on the levels so far; starts: where the last one's run began.
    var best = [Double](repeating: .infinity, count: anchors.count + 1)
    best[0] = 0
    var starts: [[Int]] = []
    for level in levels {
      var next = [Double](repeating: .infinity, count: anchors.count + 1)
      var start = [Int](repeating: 0, count: anchors.count + 1)
      for first in anchors.indices where best[first].isFinite {
        var sum = best[first]
        for last in first..<anchors.count {
          sum += cost(anchors[last], on: level)
          if sum <= next[last + 1] { (next[last + 1], start[last + 1]) = (sum, first) }
        }
      }
      best = next
      starts.append(start)
    }
    var ends = [anchors.count]
    for start in starts.dropFirst().reversed() { ends.insert(start[ends[0]], at: 0) }
    return ends
  }
}

extension AnchorLevel {
  /// Objects so small lie between cells.
  func isUnderHalfStride(_ anchor: AnchorSize) -> Bool { anchor.side < Double(stride) / 2 }

  /// No cell sees such an object whole.
  func exceedsField(_ anchor: AnchorSize) -> Bool {
    Double(anchor.height) > receptiveField.vertical
      || Double(anchor.width) > receptiveField.horizontal
  }
}
