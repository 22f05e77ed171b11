import RandomNumbers

/// Draws, of many candidates, those that a loss counts, so that the many negatives do not drown the
/// positives.
///
/// At most `positiveShare` of `count` are positive; negatives fill up the rest. With fewer positives
/// there are more negatives, with too few of both fewer than `count`.
///
/// Ren et al.: *Faster R-CNN*, NeurIPS 2015, §3.1.3 (256, 1:1); Girshick: *Fast R-CNN*, ICCV 2015, §2.3
/// (64 a picture, a quarter).
public struct CandidateSampling: Hashable, Sendable, Codable {
  /// Of a picture.
  public var count: Int
  public var positiveShare: Float

  public init(count: Int, positiveShare: Float) {
    self.count = count
    self.positiveShare = positiveShare
  }

  /// Those that are drawn, each in the order of the lists given.
  package func draw(
    positives: [Int], negatives: [Int], with generator: inout KeyedGenerator
  ) -> (positives: [Int], negatives: [Int]) {
    let most = Int((Float(count) * positiveShare).rounded(.down))
    let chosen = Self.draw(min(most, positives.count), of: positives, &generator)
    let others = Self.draw(min(count - chosen.count, negatives.count), of: negatives, &generator)
    return (chosen, others)
  }

  /// Takes the candidates that are not drawn out of the loss.
  package func thin(_ assignment: inout Assignment, with generator: inout KeyedGenerator) {
    let positives = assignment.positives
    let negatives = assignment.targets.indices.filter {
      assignment.targets[$0] == Assignment.background
    }
    let drawn = draw(positives: positives, negatives: negatives, with: &generator)
    for (all, kept) in [(positives, drawn.positives), (negatives, drawn.negatives)] {
      guard kept.count < all.count else { continue }
      let marks = kept.map { assignment.targets[$0] }
      for candidate in all { assignment.targets[candidate] = Assignment.ignored }
      for (candidate, mark) in zip(kept, marks) { assignment.targets[candidate] = mark }
    }
  }

  /// A subset, each equally likely (the first steps of Fisher–Yates).
  private static func draw(_ count: Int, of list: [Int], _ generator: inout KeyedGenerator)
    -> [Int]
  {
    guard count < list.count else { return list }
    var rest = list
    for place in 0..<count {
      rest.swapAt(place, place + generator.index(below: rest.count - place))
    }
    return rest[..<count].sorted()
  }

  func validate(key: String) throws {
    let check = SettingsCheck(key)
    try check.positive(["count": count])
    try check.shares(["positiveShare": positiveShare])
  }
}
