/// One class's ranking in which every image has a weight, so that average precision over a resampled
/// set needs no matching: an image drawn twice has its objects and detections twice.
struct WeightedRanking: Sendable {
  private let settings: CocoSettings
  /// Image of each detection, best score first.
  private let images: [Int32]
  /// `[overlap thresholds]`: ranks of the detections that are right, and of those that do not count.
  private let hits: [[Int32]]
  private let ignored: [[Int32]]
  private let objects: [(image: Int, count: Int)]

  /// - Parameters:
  ///   - cells: image by image.
  ///   - order: positions of the detections by falling score.
  init(
    _ settings: CocoSettings, cells: [ClassRanking.Cell], order: [Int], outcomes: [Outcome]
  ) {
    self.settings = settings
    let unordered = cells.flatMap { repeatElement(Int32($0.image), count: $0.detections) }
    images = order.map { unordered[$0] }
    let ranked = order.map { outcomes[$0] }
    func ranks(_ isIncluded: (Outcome, _ bit: UInt64) -> Bool) -> [[Int32]] {
      settings.overlapThresholds.indices.map { threshold in
        ranked.indices.filter { isIncluded(ranked[$0], 1 << UInt64(threshold)) }.map(Int32.init)
      }
    }
    hits = ranks { $0.truePositive & $1 != 0 }
    ignored = ranks { ($0.truePositive | $0.falsePositive) & $1 == 0 }
    objects = cells.filter { $0.instances > 0 }.map { (image: $0.image, count: $0.instances) }
  }

  /// Average precision at each overlap threshold; nil where no object of weight is left.
  ///
  /// - Parameter weights: of each image, how many times it is there.
  func averagePrecisions(_ weights: [Int32], _ scratch: inout Scratch) -> [Double]? {
    let instances = objects.reduce(0) { $0 + $1.count * Int(weights[$1.image]) }
    guard instances > 0 else { return nil }
    scratch.countDetections(images, weights)
    return settings.overlapThresholds.indices.map { threshold in
      scratch.collectPrecisions(
        images, weights, hits: hits[threshold], ignored: ignored[threshold])
      return scratch.averagePrecision(instances: instances, recalls: settings.recallThresholds)
    }
  }

  /// Room that many calls share.
  struct Scratch {
    /// Detections up to each rank, weighed.
    private var counts: [Int32] = []
    /// For each hit of weight: hits up to it, weighed, and precision there.
    private var found: [Int32] = []
    private var precisions: [Double] = []
    private var hitCount = 0

    fileprivate mutating func countDetections(_ images: [Int32], _ weights: [Int32]) {
      if counts.count < images.count {
        counts = Array(repeating: 0, count: images.count)
        found = counts
        precisions = Array(repeating: 0, count: images.count)
      }
      counts.withUnsafeMutableBufferPointer { counts in
        weights.withUnsafeBufferPointer { weights in
          var sum: Int32 = 0
          for (rank, image) in images.enumerated() {
            sum &+= weights[Int(image)]
            counts[rank] = sum
          }
        }
      }
    }

    /// Precision rises along the copies of a hit, so that the last copy speaks for all.
    fileprivate mutating func collectPrecisions(
      _ images: [Int32], _ weights: [Int32], hits: [Int32], ignored: [Int32]
    ) {
      hitCount = 0
      var (sum, left): (Int32, Int32) = (0, 0)
      var next = 0
      for hit in hits {
        while next < ignored.count && ignored[next] < hit {
          left &+= weights[Int(images[Int(ignored[next])])]
          next += 1
        }
        let weight = weights[Int(images[Int(hit)])]
        if weight == 0 { continue }
        sum &+= weight
        found[hitCount] = sum
        precisions[hitCount] = Double(sum) / Double(counts[Int(hit)] &- left)
        hitCount += 1
      }
    }

    /// From the highest recall down, so that the best precision so far is the one wanted.
    fileprivate func averagePrecision(instances: Int, recalls: [Double]) -> Double {
      var (sum, best) = (0.0, 0.0)
      var hit = hitCount
      for recall in recalls.reversed() {
        while hit > 0 && Double(found[hit - 1]) / Double(instances) >= recall {
          hit -= 1
          best = max(best, precisions[hit])
        }
        sum += best
      }
      return sum / Double(recalls.count)
    }
  }
}
