/// How many candidates an assigner gave each target of one picture.
package struct AssignmentCensus: Hashable, Sendable {
  /// Positive candidates of each target.
  package var positives: [Int]
  /// Candidates that each target would have if it were alone in the picture.
  package var alone: [Int]
  /// Candidates that more than one target would have, each taken alone. Tian et al.: *FCOS*, ICCV
  /// 2019, §3.1, calls locations inside several boxes ambiguous; this is the same of what an
  /// assigner chooses.
  package var ambiguous: Int

  package init(positives: [Int], alone: [Int], ambiguous: Int) {
    self.positives = positives
    self.alone = alone
    self.ambiguous = ambiguous
  }
}

extension Assigner {
  /// Assigns a picture's targets together and each by itself, and counts.
  package func census(_ problem: AssignmentProblem) -> AssignmentCensus {
    var positives = [Int](repeating: 0, count: problem.boxes.count)
    for target in assign(problem).targets where target >= 0 { positives[Int(target)] += 1 }
    var claims = [Int](repeating: 0, count: problem.layout.count)
    let alone = problem.boxes.indices.map { index in
      var single = problem
      single.boxes = [problem.boxes[index]]
      single.labels = [problem.labels[index]]
      let wanted = assign(single).positives
      for candidate in wanted { claims[candidate] += 1 }
      return wanted.count
    }
    return AssignmentCensus(
      positives: positives, alone: alone, ambiguous: claims.count { $0 > 1 })
  }
}

extension AssignerSettings {
  /// As model files spell it.
  package var name: String {
    switch self {
    case .maxIoU: "maxIoU"
    case .atss: "atss"
    case .simOTA: "simOTA"
    case .taskAligned: "taskAligned"
    }
  }
}
