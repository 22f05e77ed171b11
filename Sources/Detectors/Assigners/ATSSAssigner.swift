import Boxes

/// Gives each target the anchors nearest to it whose IoU stands out among them.
///
/// From each level the `candidates` anchors with the nearest centres are taken; those with an IoU of
/// at least mean + standard deviation over all of them, and their centre inside the target, are
/// positive. An anchor that several targets claim goes to the one it overlaps most.
///
/// Zhang et al.: *Bridging the Gap Between Anchor-Based and Anchor-Free Detection via Adaptive
/// Training Sample Selection*, CVPR 2020, algorithm 1. The deviation is the sample's (n − 1), as in
/// the authors' program.
public struct ATSSAssigner: Hashable, Sendable, Codable {
  /// The paper's *k*.
  public var candidates = 9

  public init() {}
}

extension ATSSAssigner: Assigner {
  package var needsPredictions: Bool { false }

  package func validate(key: String) throws {
    try SettingsCheck(key).positive(["candidates": candidates])
  }

  package func assign(_ problem: AssignmentProblem) -> Assignment {
    let layout = problem.layout
    var assignment = Assignment(count: layout.count)
    var overlaps = [Float](repeating: 0, count: layout.count)
    for (index, target) in problem.boxes.enumerated() {
      let near = nearest(to: target, layout)
      let found = near.map { layout.anchors[$0].intersectionOverUnion(with: target) }
      let threshold = Self.threshold(found)
      for (candidate, overlap) in zip(near, found)
      where overlap >= threshold && overlap > overlaps[candidate]
        && Self.holdsCenter(target, of: layout.anchors[candidate])
      {
        overlaps[candidate] = overlap
        assignment.targets[candidate] = Int32(index)
      }
    }
    assignment.ignore(problem.ignored, layout)
    return assignment
  }

  private func nearest(to target: Box, _ layout: CandidateLayout) -> [Int] {
    var result: [Int] = []
    var shortlist = Shortlist(capacity: candidates)
    for level in layout.levels {
      shortlist.removeAll()
      for candidate in layout.range(level) {
        let anchor = layout.anchors[candidate]
        let x = anchor.centerX - target.centerX
        let y = anchor.centerY - target.centerY
        shortlist.insert(candidate, cost: x * x + y * y)
      }
      result += shortlist.entries.map(\.candidate)
    }
    return result
  }

  private static func threshold(_ overlaps: [Float]) -> Float {
    guard overlaps.count > 1 else { return overlaps.first ?? 0 }
    let count = Float(overlaps.count)
    let mean = overlaps.reduce(0, +) / count
    let squares = overlaps.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    return mean + (squares / (count - 1)).squareRoot()
  }

  private static func holdsCenter(_ target: Box, of anchor: Box) -> Bool {
    anchor.centerX > target.left && anchor.centerX < target.right && anchor.centerY > target.top
      && anchor.centerY < target.bottom
  }
}
