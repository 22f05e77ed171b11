/// Greedy suppression within each class: a box is dropped if a kept box of the same class with a
/// higher score overlaps it by more than `iouThreshold`.
///
/// Equal scores go by position, so the result does not depend on how a sort treats ties.
///
/// - Parameters:
///   - scores: one a box; not NaN.
///   - labels: one a box; classes do not see each other.
///   - maxCount: at most so many are kept, the best ones.
/// - Returns: indices of the kept boxes, best score first.
public func nonMaximumSuppression(
  boxes: [Box], scores: [Float], labels: [Int], iouThreshold: Float, maxCount: Int = .max
) -> [Int] {
  precondition(
    boxes.count == scores.count && boxes.count == labels.count,
    "suppression of \(boxes.count) boxes, \(scores.count) scores, \(labels.count) labels")
  let order = boxes.indices.sorted { first, second in
    scores[first] != scores[second] ? scores[first] > scores[second] : first < second
  }
  var kept: [Int] = []
  var keptOfLabel: [Int: [Box]] = [:]
  for candidate in order {
    if kept.count >= maxCount { break }
    let box = boxes[candidate]
    let rivals = keptOfLabel[labels[candidate], default: []]
    if rivals.contains(where: { box.intersectionOverUnion(with: $0) > iouThreshold }) { continue }
    kept.append(candidate)
    keptOfLabel[labels[candidate], default: []].append(box)
  }
  return kept
}
