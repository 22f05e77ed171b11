import Boxes
import Detectors
import Evaluation

/// What becomes of the network's boxes on their way to detections: the same steps as
/// ``DetectionOptions/suppressed(_:)``, remembered.
struct CandidateFates {
  /// All of them, whatever their score; pixels of the network's input.
  let candidates: [Detection]
  /// The same in pixels of the picture, inside it.
  let boxes: [CocoBox]
  let options: DetectionOptions
  /// Positions of those that reach the score, in the order of ``candidates``.
  let confident: [Int]
  /// Positions of those that suppression leaves, best first; the first of them are the detections.
  let survivors: [Int]

  /// By position, for looking up only.
  private let entrants: Set<Int>
  private let ranks: [Int: Int]

  init(_ candidates: [Detection], boxes: [CocoBox], options: DetectionOptions) {
    precondition(candidates.count == boxes.count, "a box in the picture for each candidate")
    self.candidates = candidates
    self.boxes = boxes
    self.options = options
    let confident = candidates.indices.filter { candidates[$0].score >= options.minimumScore }
    let chosen = confident.map { candidates[$0] }
    let entering = options.entrants(of: chosen)
    let survivors = options.survivors(of: chosen, entering: entering).map { confident[$0] }
    self.confident = confident
    self.survivors = survivors
    entrants = Set(entering.map { confident[$0] })
    ranks = Dictionary(uniqueKeysWithValues: survivors.enumerated().map { ($1, $0) })
  }

  /// Positions of the boxes that become detections, best first.
  var detected: ArraySlice<Int> { survivors.prefix(options.maxDetections) }

  /// Where a box ended.
  enum End {
    /// Position among the detections.
    case detected(Int)
    /// Behind the most detections that are wanted; ranks from 1.
    case behindDetections(rank: Int)
    /// - Parameter overlap: IoU of the two, on the network's input.
    case suppressed(by: Int, overlap: Double)
    /// Behind the most that enter suppression.
    case behindCandidates(rank: Int)
  }

  /// - Parameter candidate: position of one that reaches the score.
  func end(of candidate: Int) -> End {
    if let rank = ranks[candidate] {
      return rank < options.maxDetections
        ? .detected(rank) : .behindDetections(rank: rank + 1)
    }
    guard entrants.contains(candidate) else {
      let own = candidates[candidate].score
      let better = confident.count {
        candidates[$0].score > own || candidates[$0].score == own && $0 < candidate
      }
      return .behindCandidates(rank: better + 1)
    }
    guard let (rival, overlap) = suppressor(of: candidate) else {
      preconditionFailure("suppression dropped box \(candidate) for no other")
    }
    return .suppressed(by: rival, overlap: overlap)
  }

  /// The best box that suppression keeps in the place of another.
  private func suppressor(of candidate: Int) -> (rival: Int, overlap: Double)? {
    let own = candidates[candidate]
    for rival in survivors where candidates[rival].label == own.label {
      let other = candidates[rival]
      guard other.score >= own.score else { break }
      let overlap = own.box.intersectionOverUnion(with: other.box)
      if overlap > options.iouThreshold { return (rival, Double(overlap)) }
    }
    return nil
  }
}
