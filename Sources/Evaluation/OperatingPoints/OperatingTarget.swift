/// What a detector is wanted to reach at one score.
package enum OperatingTarget: Hashable, Sendable {
  /// At least; above 0, up to 1.
  case precision(Double)
  case recall(Double)
  /// At most so many false positives in a picture, on average; 0 or more.
  case falsePositivesPerImage(Double)

  /// Its name in files and options.
  package var name: String {
    switch self {
    case .precision: "precision"
    case .recall: "recall"
    case .falsePositivesPerImage: "fppi"
    }
  }

  package var value: Double {
    switch self {
    case .precision(let value), .recall(let value), .falsePositivesPerImage(let value): value
    }
  }

  /// The step that reaches it: for a recall the one of highest score, else the one of greatest
  /// recall, of several again that of highest score; nil where none does.
  func step(of ranked: RankedClass, imageCount: Int) -> RankedStep? {
    let steps = ranked.steps
    let reached: [RankedStep]
    switch self {
    case .recall(let least):
      return steps.first { $0.recall(of: ranked.instances) >= least }
    case .precision(let least):
      reached = steps.filter { $0.precision >= least }
    case .falsePositivesPerImage(let most):
      reached = steps.filter { Double($0.misses) / Double(imageCount) <= most }
    }
    // Hits never fall along the steps.
    guard let most = reached.last?.hits else { return nil }
    return reached.first { $0.hits == most }
  }
}
