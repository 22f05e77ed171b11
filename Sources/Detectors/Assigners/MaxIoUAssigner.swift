import Boxes

/// Gives each anchor the target that it overlaps most, by thresholds on their IoU.
///
/// An anchor is positive from `positiveThreshold`, negative below `negativeThreshold`, and takes no
/// part in between. With `keepsBest`, the anchors that no other anchor beats for some target are
/// positive too, if they meet it at all; they learn the target they overlap most themselves, as in
/// Detectron2.
///
/// Lin et al.: *Focal Loss for Dense Object Detection*, ICCV 2017, §4; best anchors: Ren et al.:
/// *Faster R-CNN*, NeurIPS 2015, §3.1.2.
public struct MaxIoUAssigner: Hashable, Sendable, Codable {
  public var positiveThreshold: Float = 0.5
  public var negativeThreshold: Float = 0.4
  public var keepsBest = true

  public init() {}

  public init(positiveThreshold: Float, negativeThreshold: Float) {
    self.positiveThreshold = positiveThreshold
    self.negativeThreshold = negativeThreshold
  }
}

extension MaxIoUAssigner: Assigner {
  package var needsPredictions: Bool { false }

  package func validate(key: String) throws {
    let check = SettingsCheck(key)
    try check.shares(["positiveThreshold": positiveThreshold])
    try check.require(
      negativeThreshold <= positiveThreshold, "negativeThreshold",
      "must be at most positiveThreshold, \(positiveThreshold), got \(negativeThreshold)")
  }

  package func assign(_ problem: AssignmentProblem) -> Assignment {
    let anchors = problem.layout.anchors
    var assignment = Assignment(count: anchors.count)
    var nearest = [Int32](repeating: 0, count: anchors.count)
    var overlaps = [Float](repeating: 0, count: anchors.count)
    var best: [Int] = []
    for (index, target) in problem.boxes.enumerated() {
      best += compare(anchors, target, Int32(index), &nearest, &overlaps)
    }
    for candidate in anchors.indices where overlaps[candidate] >= negativeThreshold {
      assignment.targets[candidate] =
        overlaps[candidate] >= positiveThreshold ? nearest[candidate] : Assignment.ignored
    }
    if keepsBest {
      for candidate in best { assignment.targets[candidate] = nearest[candidate] }
    }
    assignment.ignore(problem.ignored, problem.layout)
    return assignment
  }

  /// Notes where the target overlaps more than those before it; the anchors that meet it best.
  private func compare(
    _ anchors: [Box], _ target: Box, _ index: Int32, _ nearest: inout [Int32],
    _ overlaps: inout [Float]
  ) -> [Int] {
    var best: Float = 0
    var candidates: [Int] = []
    for (candidate, anchor) in anchors.enumerated() {
      let overlap = anchor.intersectionOverUnion(with: target)
      guard overlap > 0 else { continue }
      if overlap > overlaps[candidate] {
        overlaps[candidate] = overlap
        nearest[candidate] = index
      }
      if overlap > best {
        best = overlap
        candidates.removeAll(keepingCapacity: true)
      }
      if overlap == best { candidates.append(candidate) }
    }
    return candidates
  }
}
