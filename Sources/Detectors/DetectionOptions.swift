import Boxes
import Networks

/// What is wanted of a detector.
public struct DetectionOptions: Hashable, Sendable {
  /// Detections below are not reported; 0 to 1.
  public var minimumScore: Float = 0.25
  /// Of two boxes of a class with a larger IoU the one with the lower score is dropped.
  public var iouThreshold: Float = 0.6
  /// Of a picture; the best are kept. 100 is what COCO's metrics look at.
  public var maxDetections = 100
  /// Only so many boxes of a picture, the best, enter suppression.
  public var candidateLimit = 3000
  /// Height and width of the network's input; nil: what the weights were trained at.
  public var size: Extent?
  /// Whether bars around pictures that are not of the input's shape are kept to the least possible,
  /// at one plan for each shape.
  public var isRectangular = false

  public init() {}

  /// The best boxes, those that a better one of their class covers left out; best first.
  package func suppressed(_ detections: [Detection]) -> [Detection] {
    survivors(of: detections, entering: entrants(of: detections), maxCount: maxDetections)
      .map { detections[$0] }
  }

  /// Positions of the boxes that enter suppression.
  package func entrants(of detections: [Detection]) -> [Int] {
    guard detections.count > candidateLimit else { return Array(detections.indices) }
    let order = detections.indices.sorted {
      detections[$0].score != detections[$1].score
        ? detections[$0].score > detections[$1].score : $0 < $1
    }
    return Array(order.prefix(candidateLimit))
  }

  /// Positions of the boxes that suppression leaves, best first.
  ///
  /// - Parameter entrants: positions of those that enter it.
  package func survivors(
    of detections: [Detection], entering entrants: [Int], maxCount: Int = .max
  ) -> [Int] {
    let entering = entrants.map { detections[$0] }
    let kept = nonMaximumSuppression(
      boxes: entering.map(\.box), scores: entering.map(\.score), labels: entering.map(\.label),
      iouThreshold: iouThreshold, maxCount: maxCount)
    return kept.map { entrants[$0] }
  }

  /// The canvas for a picture of the given size.
  package func canvas(pictureWidth: Int, pictureHeight: Int, size: Extent, multiple: Int) -> Extent
  {
    guard isRectangular else { return size }
    let scale = min(
      Double(size.width) / Double(pictureWidth), Double(size.height) / Double(pictureHeight))
    func side(_ length: Int, limit: Int) -> Int {
      let needed = Int((Double(length) * scale - 1e-6).rounded(.up))
      return min(limit, max(1, (needed + multiple - 1) / multiple) * multiple)
    }
    return Extent(
      height: side(pictureHeight, limit: size.height), width: side(pictureWidth, limit: size.width))
  }
}

/// What was found in a picture, and how long it took.
public struct DetectionResult: Hashable, Sendable {
  /// Best first; boxes in pixels of the picture, inside it.
  public var detections: [Detection]
  public var timings: DetectionTimings
}

/// Milliseconds a picture; of a batch each picture's share.
public struct DetectionTimings: Hashable, Sendable {
  public var preprocess = 0.0
  public var network = 0.0
  public var postprocess = 0.0

  public init() {}
}
