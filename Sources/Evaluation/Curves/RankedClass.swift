/// One class's detections that count at one overlap, best score first; or those of all classes,
/// ranked together.
struct RankedClass: Sendable {
  /// A class's name, or "all".
  var label: String
  var detections: [RankedDetection]
  /// Objects that count.
  var instances: Int

  /// What is kept when detections from each score that occurs on are kept, by falling score:
  /// detections of equal score are kept or left together.
  var steps: [RankedStep] {
    var steps: [RankedStep] = []
    var hits = 0
    for (index, detection) in detections.enumerated() {
      hits += detection.isHit ? 1 : 0
      let next = index + 1
      if next < detections.count && detections[next].score == detection.score { continue }
      steps.append(RankedStep(score: detection.score, hits: hits, detections: next))
    }
    return steps
  }
}

/// What is kept from one score on.
struct RankedStep: Hashable, Sendable {
  var score: Double
  var hits: Int
  var detections: Int

  var misses: Int { detections - hits }
  var precision: Double { Double(hits) / Double(detections) }

  func recall(of instances: Int) -> Double { Double(hits) / Double(instances) }

  func f1(of instances: Int) -> Double { 2 * Double(hits) / Double(detections + instances) }
}

/// The detections of every class and of all that count at one overlap, matched as by COCO.
struct RankedClasses: Sendable {
  let overlap: Double
  let imageCount: Int
  let all: RankedClass
  /// In the truth's order of classes.
  let perClass: [RankedClass]

  /// - Parameter limit: detections of one class that count in one image, best first.
  init(_ truth: CocoTruth, _ detections: [CocoDetection], overlap: Double, limit: Int) {
    let settings = CocoSettings(
      overlapThresholds: [overlap], recallThresholds: [0], detectionLimits: [limit],
      areaRanges: [.all])
    let rankings = CocoEvaluator(settings).rankings(truth, detections) { $0.ranking() }
    self.overlap = overlap
    imageCount = truth.imageIDs.count
    perClass = zip(truth.categories, rankings).map {
      RankedClass(label: $0.label, detections: $1.detections, instances: $1.instances)
    }
    all = RankedClass(
      label: "all", detections: rankings.flatMap(\.detections).sorted { $0.score > $1.score },
      instances: rankings.map(\.instances).reduce(0, +))
  }
}
