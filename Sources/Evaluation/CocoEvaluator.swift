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
    let classCount = truth.categories.count
    let ranks = ranksByID(truth.imageIDs)
    let objects = ClassGroups(truth.objects, imageRanks: ranks, classCount: classCount)
    let candidates = ClassGroups(detections, imageRanks: ranks, classCount: classCount)
    var matcher = CellMatcher(settings)
    var table = PrecisionTable(settings: settings, classCount: classCount)
    for category in 0..<classCount {
      rank(category, objects, candidates, with: &matcher).fill(&table, category: category)
    }
    return table
  }

  /// Walks the images that hold objects or detections of a class, in order.
  private func rank(
    _ category: Int, _ objects: ClassGroups<CocoObject>,
    _ detections: ClassGroups<CocoDetection>, with matcher: inout CellMatcher
  ) -> ClassRanking {
    var ranking = ClassRanking(settings)
    var object = objects.starts[category]
    var detection = detections.starts[category]
    let lastObject = objects.starts[category + 1]
    let lastDetection = detections.starts[category + 1]
    while object < lastObject || detection < lastDetection {
      let image = min(
        object < lastObject ? objects.ranks[object] : .max,
        detection < lastDetection ? detections.ranks[detection] : .max)
      let firstObject = object
      while object < lastObject && objects.ranks[object] == image { object += 1 }
      let firstDetection = detection
      while detection < lastDetection && detections.ranks[detection] == image { detection += 1 }
      ranking.add(
        objects.entries[firstObject..<object],
        best(of: detections.entries[firstDetection..<detection])[...], with: &matcher)
    }
    return ranking
  }

  /// Best first, as many as the largest limit.
  private func best(of detections: ArraySlice<CocoDetection>) -> [CocoDetection] {
    descendingOrder(of: detections.lazy.map(\.score)).prefix(settings.largestLimit)
      .map { detections[detections.startIndex + $0] }
  }
}

/// The place of each image when all are ordered by id.
private func ranksByID(_ ids: [Int]) -> [Int] {
  let order = ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }
  var ranks = [Int](repeating: 0, count: ids.count)
  for (rank, image) in order.enumerated() { ranks[image] = rank }
  return ranks
}
