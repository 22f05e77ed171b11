import Boxes
import Glibc

/// Gives each target its cheapest candidates, as many as its predictions deserve.
///
/// Candidates have their centre inside the target or within `centerRadius` strides of its centre. The
/// cost is `BCE(√p, one-hot) + overlapWeight·(−log IoU)`, and much more where a centre fulfils only
/// one of the two conditions. The number of positives is the sum of the best `overlapsSummed` IoUs,
/// rounded down, at least 1. A candidate that several targets claim goes to the cheapest.
///
/// Ge et al.: *YOLOX*, 2021, §2.1 "SimOTA"; cost and constants from the authors' program. Without an
/// objectness branch p stands under the root alone; a contested candidate goes to the cheapest of
/// the targets that claim it, not of all.
public struct SimOTAAssigner: Hashable, Sendable, Codable {
  /// Strides.
  public var centerRadius: Float = 2.5
  public var overlapWeight: Float = 3
  public var overlapsSummed = 10

  public init() {}
}

extension SimOTAAssigner: Assigner {
  package var needsPredictions: Bool { true }

  package func validate(key: String) throws {
    try SettingsCheck(key).positive(["overlapsSummed": overlapsSummed])
  }

  package func assign(_ problem: AssignmentProblem) -> Assignment {
    let layout = problem.layout
    var assignment = Assignment(count: layout.count)
    assignment.ratesQuality = true
    var lowest = [Float](repeating: .infinity, count: layout.count)
    var costs = ClassCosts(problem.logits)
    for (index, target) in problem.boxes.enumerated() {
      for choice in choices(target, problem.labels[index], problem, &costs)
      where choice.cost < lowest[choice.candidate] {
        lowest[choice.candidate] = choice.cost
        assignment.targets[choice.candidate] = Int32(index)
        assignment.qualities[choice.candidate] =
          problem.predicted[choice.candidate].intersectionOverUnion(with: target)
      }
    }
    assignment.ignore(problem.ignored, layout)
    return assignment
  }

  private func choices(
    _ target: Box, _ label: Int, _ problem: AssignmentProblem, _ costs: inout ClassCosts
  ) -> [Shortlist.Entry] {
    var candidates: [(candidate: Int, isBoth: Bool)] = []
    collect(target, problem.layout) { candidates.append(($0, $1)) }
    var best = Shortlist(capacity: overlapsSummed)
    var overlaps: [Float] = []
    for (candidate, _) in candidates {
      let overlap = problem.predicted[candidate].intersectionOverUnion(with: target)
      overlaps.append(overlap)
      best.insert(candidate, cost: -overlap)
    }
    let wanted = max(1, Int(-best.entries.map(\.cost).reduce(0, +)))
    var cheapest = Shortlist(capacity: wanted)
    for ((candidate, isBoth), overlap) in zip(candidates, overlaps) {
      let cost =
        costs.cost(candidate, label) - overlapWeight * logf(overlap + 1e-8)
        + (isBoth ? 0 : 100_000)
      cheapest.insert(candidate, cost: cost)
    }
    return cheapest.entries
  }

  /// Calls `body` with each candidate that fulfils a condition, and whether it fulfils both.
  private func collect(_ target: Box, _ layout: CandidateLayout, _ body: (Int, Bool) -> Void) {
    for level in layout.levels {
      let side = 2 * centerRadius * Float(level.stride)
      let middle = Box(
        centerX: target.centerX, centerY: target.centerY, width: side, height: side)
      let hull = Box(
        left: min(target.left, middle.left), top: min(target.top, middle.top),
        right: max(target.right, middle.right), bottom: max(target.bottom, middle.bottom))
      layout.forEachCandidate(of: level, inside: hull) { candidate in
        let anchor = layout.anchors[candidate]
        let inTarget = target.contains(x: anchor.centerX, y: anchor.centerY)
        let inMiddle = middle.contains(x: anchor.centerX, y: anchor.centerY)
        if inTarget || inMiddle { body(candidate, inTarget && inMiddle) }
      }
    }
  }
}

/// The classes' part of the cost: `−log √p` of the label, `−log(1 − √p)` of the others.
private struct ClassCosts {
  private let logits: CandidateValues
  /// `Σ −log(1 − √p)` over all classes; NaN until a candidate is first asked for.
  private var background: [Float]

  init(_ logits: CandidateValues) {
    self.logits = logits
    background = [Float](repeating: .nan, count: logits.count)
  }

  mutating func cost(_ candidate: Int, _ label: Int) -> Float {
    if background[candidate].isNaN {
      background[candidate] = (0..<logits.channels).reduce(0) { $0 + absence($1, candidate) }
    }
    return background[candidate] - absence(label, candidate) - Self.bounded(root(label, candidate))
  }

  private func root(_ channel: Int, _ candidate: Int) -> Float {
    Sigmoid(logits[channel, candidate]).value.squareRoot()
  }

  private func absence(_ channel: Int, _ candidate: Int) -> Float {
    -Self.bounded(1 - root(channel, candidate))
  }

  private static func bounded(_ probability: Float) -> Float { logf(max(probability, 1e-7)) }
}

extension Box {
  func contains(x: Float, y: Float) -> Bool { x >= left && x < right && y >= top && y < bottom }
}
