import Boxes
import Networks

/// A part of a picture that the second stage looks at.
package struct Region: Hashable, Sendable {
  /// In pixels of the network's input.
  package var box: Box
  /// Place of the feature map that it is cut from.
  package var level: Int

  package init(box: Box, level: Int) {
    self.box = box
    self.level = level
  }
}

/// Which of the first stage's boxes become regions.
///
/// Of each level the best are taken, those that a better one of their level covers left out, and of all
/// that remains the best. Lin et al.: *Feature Pyramid Networks*, CVPR 2017, §5.2.
public struct ProposalSelection: Hashable, Sendable, Codable {
  /// Boxes of a level that enter suppression.
  public var perLevel = 500
  /// Of two boxes of a level with a larger IoU the one with the lower score is dropped.
  public var iouThreshold: Float = 0.7
  /// Boxes with a shorter side, in pixels of the network's input, are left out.
  public var minimumSide: Float = 1
  /// Of a picture, in training: what the second stage's sample is drawn from.
  public var keptInTraining = 500
  /// Of a picture, in detection, at most 512.
  public var kept = 128

  public init() {}

  /// The boxes of one picture, best first.
  func boxes(
    _ logits: CandidateValues, _ layout: CandidateLayout, canvas: Box, count: Int,
    _ box: (Int) -> Box
  ) -> [Box] {
    var boxes: [Box] = []
    var scores: [Float] = []
    var labels: [Int] = []
    for (index, level) in layout.levels.enumerated() {
      for candidate in Self.best(perLevel, logits, layout.range(level)) {
        let box = box(candidate).clipped(to: canvas)
        guard box.width >= minimumSide, box.height >= minimumSide else { continue }
        boxes.append(box)
        scores.append(logits[0, candidate])
        labels.append(index)
      }
    }
    return nonMaximumSuppression(
      boxes: boxes, scores: scores, labels: labels, iouThreshold: iouThreshold, maxCount: count
    ).map { boxes[$0] }
  }

  /// The candidates with the highest logits, of equal ones the first; those that are no numbers left
  /// out.
  private static func best(_ count: Int, _ logits: CandidateValues, _ range: Range<Int>) -> [Int] {
    let numbers = range.filter { !logits[0, $0].isNaN }
    guard numbers.count > count else { return numbers }
    let sorted = numbers.sorted {
      logits[0, $0] != logits[0, $1] ? logits[0, $0] > logits[0, $1] : $0 < $1
    }
    return Array(sorted.prefix(count))
  }

  func validate() throws {
    let check = SettingsCheck("head.proposals.selection")
    try check.positive(["perLevel": perLevel, "kept": kept, "keptInTraining": keptInTraining])
    try check.require(
      kept <= RegionCapacity.largest, "kept", "is at most \(RegionCapacity.largest), got \(kept)")
    try check.shares(["iouThreshold": iouThreshold])
    try check.positive(["minimumSide": minimumSide])
  }
}

/// How many regions of a picture plans are made for: a batch takes the least that holds its own.
enum RegionCapacity {
  static let all = [64, 128, 256, 512]
  static let largest = 512

  /// Of the plans that up to `count` regions need.
  static func upTo(_ count: Int) -> [Int] {
    all.filter { $0 <= fitting(count) }
  }

  static func fitting(_ count: Int) -> Int { all.first { $0 >= count } ?? largest }
}
