import Dispatch
import Synchronization

/// COCO's detection metrics, to the last digits those of pycocotools' `COCOeval` for boxes.
package struct CocoEvaluator: Sendable {
  package var settings: CocoSettings

  package init(_ settings: CocoSettings = CocoSettings()) {
    self.settings = settings
  }

  /// The twelve figures and the table by class.
  package func evaluate(_ truth: CocoTruth, _ detections: [CocoDetection]) -> CocoMetrics {
    let start = ContinuousClock.now
    let table = accumulate(truth, detections)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return CocoMetrics(table, labels: truth.categories.map(\.label), seconds: seconds)
  }

  /// Precision and recall for every class, area range and threshold.
  package func accumulate(_ truth: CocoTruth, _ detections: [CocoDetection]) -> PrecisionTable {
    PrecisionTable(settings, rows: rankings(truth, detections) { $0.rows() })
  }

  /// What is made of every class's ranking, in order; classes go side by side.
  func rankings<Result: Sendable>(
    _ truth: CocoTruth, _ detections: [CocoDetection],
    _ make: @Sendable (ClassRanking) -> Result
  ) -> [Result] {
    let classCount = truth.categories.count
    let ranks = ranksByID(truth.imageIDs)
    let objects = ClassGroups(truth.objects, imageRanks: ranks, classCount: classCount)
    let candidates = ClassGroups(detections, imageRanks: ranks, classCount: classCount)
    let results = Mutex([Result?](repeating: nil, count: classCount))
    DispatchQueue.concurrentPerform(iterations: classCount) { category in
      let made = make(rank(category, objects, candidates))
      results.withLock { $0[category] = made }
    }
    return results.withLock { $0.compactMap(\.self) }
  }

  /// Walks the images that hold objects or detections of a class, in order.
  private func rank(
    _ category: Int, _ objects: ClassGroups<CocoObject>,
    _ detections: ClassGroups<CocoDetection>
  ) -> ClassRanking {
    var matcher = CellMatcher(settings)
    var ranking = ClassRanking(settings)
    let found = bestFirst(detections, category)
    let foundRanks = Array(
      detections.ranks[detections.starts[category]..<detections.starts[category + 1]])
    var object = objects.starts[category]
    var detection = 0
    let lastObject = objects.starts[category + 1]
    while object < lastObject || detection < found.count {
      let image = min(
        object < lastObject ? objects.ranks[object] : .max,
        detection < found.count ? foundRanks[detection] : .max)
      let firstObject = object
      while object < lastObject && objects.ranks[object] == image { object += 1 }
      let firstDetection = detection
      while detection < found.count && foundRanks[detection] == image {
        detection += 1
      }
      ranking.add(
        objects.entries[firstObject..<object],
        found[firstDetection..<detection].prefix(settings.largestLimit), with: &matcher)
    }
    return ranking
  }

  /// A class's detections, images in order, within each best first, equal scores as they came.
  private func bestFirst(
    _ groups: ClassGroups<CocoDetection>, _ category: Int
  ) -> [CocoDetection] {
    (groups.starts[category]..<groups.starts[category + 1])
      .map { (rank: groups.ranks[$0], key: -rankable(groups.entries[$0].score), index: $0) }
      .sorted { ($0.rank, $0.key, $0.index) < ($1.rank, $1.key, $1.index) }
      .map { groups.entries[$0.index] }
  }
}

/// The place of each image when all are ordered by id.
private func ranksByID(_ ids: [Int]) -> [Int] {
  let order = ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }
  var ranks = [Int](repeating: 0, count: ids.count)
  for (rank, image) in order.enumerated() { ranks[image] = rank }
  return ranks
}
