/// Computes ``DetectionCurves``.
package struct CurveEvaluator: Sendable {
  /// IoU from which a detection finds an object.
  package var overlap = 0.5
  /// Detections of one class that count in one image, best first.
  package var limit = 100
  /// Points kept of a curve, evenly spread over its ranking; its ends and its best one always.
  package var largestPointCount = 1000

  package init() {}

  package func evaluate(_ truth: CocoTruth, _ detections: [CocoDetection]) -> DetectionCurves {
    let settings = CocoSettings(
      overlapThresholds: [overlap], recallThresholds: [0], detectionLimits: [limit],
      areaRanges: [.all])
    let rankings = CocoEvaluator(settings).rankings(truth, detections) { $0.ranking() }
    let pooled = rankings.flatMap(\.detections).sorted { $0.score > $1.score }
    return DetectionCurves(
      overlap: overlap,
      all: curve("all", pooled, rankings.map(\.instances).reduce(0, +)),
      perClass: zip(truth.categories, rankings).map { category, ranking in
        curve(category.label, ranking.detections, ranking.instances)
      })
  }

  private func curve(
    _ label: String, _ ranked: [RankedDetection], _ instances: Int
  ) -> DetectionCurve {
    guard instances > 0 else { return DetectionCurve(label: label, instances: 0) }
    let points = points(ranked, instances)
    // The first of equal ones has the higher score.
    let best = points.indices.max {
      (points[$0].f1, $1) < (points[$1].f1, $0)
    }
    return DetectionCurve(
      label: label, instances: instances, points: thinned(points, keeping: best),
      best: best.map { points[$0] })
  }

  /// One for each score that occurs: detections of equal score are kept or left together.
  private func points(_ ranked: [RankedDetection], _ instances: Int) -> [CurvePoint] {
    var points: [CurvePoint] = []
    var hits = 0.0
    for (index, detection) in ranked.enumerated() {
      hits += detection.isHit ? 1 : 0
      let next = index + 1
      if next < ranked.count && ranked[next].score == detection.score { continue }
      points.append(
        CurvePoint(
          score: detection.score, recall: hits / Double(instances),
          precision: hits / Double(next), f1: 2 * hits / Double(next + instances)))
    }
    return points
  }

  private func thinned(_ points: [CurvePoint], keeping best: Int?) -> [CurvePoint] {
    guard points.count > largestPointCount else { return points }
    let steps = largestPointCount - 1
    var kept = (0...steps).map { $0 * (points.count - 1) / steps }
    if let best, !kept.contains(best) { kept.append(best) }
    return kept.sorted().map { points[$0] }
  }
}
