import Boxes

/// Gives each target the candidates that already classify and place it best.
///
/// Among candidates with their centre inside the target, those with the `candidates` highest
/// `t = s^α·u^β` are positive, s the score of the target's class, u the IoU of predicted box and
/// target. A candidate that several targets claim goes to the one it overlaps most. Its quality is
/// t, scaled so that the target's best candidate has the target's highest u.
///
/// Feng et al.: *TOOD*, ICCV 2021, §3.2. α is 1 and k 13 there; 0.5 and 10 are YOLOv8's. Among equal
/// metrics (an untrained network) the nearest to the target's centre come first.
public struct TaskAlignedAssigner: Hashable, Sendable, Codable {
  /// The paper's *k*.
  public var candidates = 10
  public var alpha: Float = 0.5
  public var beta: Float = 6
  /// Candidates within so many strides of the target's centre count as inside: for targets smaller
  /// than a cell. 0: the paper's rule.
  public var centerRadius: Float = 0

  public init() {}
}

extension TaskAlignedAssigner: Assigner {
  package var needsPredictions: Bool { true }

  package func validate(key: String) throws {
    try SettingsCheck(key).positive(["candidates": candidates])
  }

  package func assign(_ problem: AssignmentProblem) -> Assignment {
    let layout = problem.layout
    var assignment = Assignment(count: layout.count)
    assignment.ratesQuality = true
    var overlaps = [Float](repeating: -1, count: layout.count)
    var metrics = [Float](repeating: 0, count: layout.count)
    for (index, target) in problem.boxes.enumerated() {
      for choice in choices(target, problem.labels[index], problem)
      where choice.overlap > overlaps[choice.candidate] {
        overlaps[choice.candidate] = choice.overlap
        metrics[choice.candidate] = choice.metric
        assignment.targets[choice.candidate] = Int32(index)
      }
    }
    rate(&assignment, metrics, overlaps, targets: problem.boxes.count)
    assignment.ignore(problem.ignored, layout)
    return assignment
  }

  private typealias Choice = (candidate: Int, metric: Float, overlap: Float)

  private func choices(_ target: Box, _ label: Int, _ problem: AssignmentProblem) -> [Choice] {
    let layout = problem.layout
    var best = Shortlist(capacity: candidates)
    for level in layout.levels {
      let region = region(target, stride: Float(level.stride))
      layout.forEachCandidate(of: level, inside: region) { candidate in
        let x = layout.anchors[candidate].centerX - target.centerX
        let y = layout.anchors[candidate].centerY - target.centerY
        let overlap = problem.predicted[candidate].intersectionOverUnion(with: target)
        // No score is above 1: most candidates are passed over without computing it.
        var metric = Self.power(overlap, beta)
        guard best.takes(cost: -metric) else { return }
        if metric > 0 {
          metric *= Self.power(Sigmoid(problem.logits[label, candidate]).value, alpha)
        }
        best.insert(candidate, cost: -metric, distance: x * x + y * y)
      }
    }
    return best.entries.map { entry in
      let overlap = problem.predicted[entry.candidate].intersectionOverUnion(with: target)
      return (entry.candidate, -entry.cost, overlap)
    }
  }

  /// The usual exponents without logarithms.
  private static func power(_ base: Float, _ exponent: Float) -> Float {
    switch exponent {
    case 0.5: return base.squareRoot()
    case 6:
      let square = base * base
      return square * square * square
    default: return Float.power(base, exponent)
    }
  }

  private func region(_ target: Box, stride: Float) -> Box {
    let reach = centerRadius * stride
    return Box(
      left: min(target.left, target.centerX - reach),
      top: min(target.top, target.centerY - reach),
      right: max(target.right, target.centerX + reach),
      bottom: max(target.bottom, target.centerY + reach))
  }

  /// `t̂ = t / max t · max u`, both maxima over the target's candidates.
  private func rate(
    _ assignment: inout Assignment, _ metrics: [Float], _ overlaps: [Float], targets: Int
  ) {
    var highestMetric = [Float](repeating: 0, count: targets)
    var highestOverlap = highestMetric
    for (candidate, target) in assignment.targets.enumerated() where target >= 0 {
      let target = Int(target)
      highestMetric[target] = max(highestMetric[target], metrics[candidate])
      highestOverlap[target] = max(highestOverlap[target], overlaps[candidate])
    }
    for (candidate, target) in assignment.targets.enumerated() where target >= 0 {
      let highest = highestMetric[Int(target)]
      assignment.qualities[candidate] =
        highest > 0 ? metrics[candidate] / highest * highestOverlap[Int(target)] : 0
    }
  }
}
