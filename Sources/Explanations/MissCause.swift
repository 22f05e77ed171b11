import Evaluation
import ReceptiveFields

/// One of the network's boxes beside an object.
package struct ScoredBox: Hashable, Sendable {
  /// Position among the network's candidates.
  package var candidate: Int
  /// Pixels of the picture.
  package var box: CocoBox
  package var label: Int
  package var score: Float
  /// IoU with the object that it is told of.
  package var overlap: Double

  package init(candidate: Int, box: CocoBox, label: Int, score: Float, overlap: Double) {
    self.candidate = candidate
    self.box = box
    self.label = label
    self.score = score
    self.overlap = overlap
  }
}

/// Why an object was not found, with the numbers that show it.
package enum MissCause: Hashable, Sendable {
  /// What left a box out for the number of others.
  package enum Limit: String, Codable, Sendable {
    /// ``DetectionOptions/candidateLimit``
    case candidates
    /// ``DetectionOptions/maxDetections``
    case detections
  }

  /// Sides in pixels of the network's input.
  case underCell(side: Double, cell: Double)
  case outsideRange(side: Double, nearest: LevelRange)
  /// - Parameter alone: candidates that it would have without its neighbours.
  case noPositive(alone: Int)
  /// - Parameter own: the box of its own class that scores most among those that lie well.
  case wrongClass(found: ScoredBox, own: ScoredBox?)
  /// - Parameters:
  ///   - closest: the largest IoU that a proposal has with it.
  ///   - of: how many proposals there are.
  case notProposed(closest: Double, of: Int)
  /// - Parameter best: that of its class that overlaps it most, among those that reach the score if
  ///   any does and is meant for it; nil: none touches it.
  case badlyLocalized(best: ScoredBox?, reachesScore: Bool)
  /// - Parameter least: the score that detections have to reach.
  case lowScore(own: ScoredBox, least: Float)
  /// - Parameters:
  ///   - overlap: IoU of the two boxes, on the network's input.
  ///   - threshold: the IoU above which one suppresses the other.
  case suppressed(own: ScoredBox, by: ScoredBox, overlap: Double, threshold: Float)
  /// - Parameter rank: from 1.
  case cut(own: ScoredBox, rank: Int, limit: Limit, allowed: Int)
  /// - Parameters:
  ///   - object: position of the neighbour.
  ///   - overlap: IoU of the box with it.
  case matchedAnother(own: ScoredBox, object: Int, overlap: Double)

  package var stage: MissStage {
    switch self {
    case .underCell: .underCell
    case .outsideRange: .outsideRange
    case .noPositive: .noPositive
    case .wrongClass: .wrongClass
    case .notProposed: .notProposed
    case .badlyLocalized: .badlyLocalized
    case .lowScore: .lowScore
    case .suppressed: .suppressed
    case .cut: .cut
    case .matchedAnother: .matchedAnother
    }
  }

  /// The box of the object's own class that the stage speaks of.
  package var own: ScoredBox? {
    switch self {
    case .underCell, .outsideRange, .noPositive, .notProposed: nil
    case .wrongClass(_, let own): own
    case .badlyLocalized(let best, _): best
    case .lowScore(let own, _), .suppressed(let own, _, _, _), .cut(let own, _, _, _),
      .matchedAnother(let own, _, _):
      own
    }
  }

  /// The box that stands in the way: of another class, or the one that suppressed.
  package var rival: ScoredBox? {
    switch self {
    case .wrongClass(let found, _): found
    case .suppressed(_, let by, _, _): by
    default: nil
    }
  }
}

/// The sides (√area) of objects that a level can detect, pixels of the network's input.
package struct LevelRange: Hashable, Sendable {
  package var name: String
  package var range: ClosedInterval

  package init(name: String, range: ClosedInterval) {
    self.name = name
    self.range = range
  }

  /// How far a side lies outside; 0 inside.
  func distance(_ side: Double) -> Double { max(0, range.low - side, side - range.high) }
}
