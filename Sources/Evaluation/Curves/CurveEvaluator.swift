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
    evaluate(RankedClasses(truth, detections, overlap: overlap, limit: limit))
  }

  func evaluate(_ ranked: RankedClasses) -> DetectionCurves {
    DetectionCurves(
      overlap: ranked.overlap, all: curve(ranked.all), perClass: ranked.perClass.map(curve))
  }

  private func curve(_ ranked: RankedClass) -> DetectionCurve {
    let instances = ranked.instances
    guard instances > 0 else { return DetectionCurve(label: ranked.label, instances: 0) }
    let points = ranked.steps.map { step in
      CurvePoint(
        score: step.score, recall: step.recall(of: instances), precision: step.precision,
        f1: step.f1(of: instances))
    }
    // The first of equal ones has the higher score.
    let best = points.indices.max {
      (points[$0].f1, $1) < (points[$1].f1, $0)
    }
    return DetectionCurve(
      label: ranked.label, instances: instances, points: thinned(points, keeping: best),
      best: best.map { points[$0] })
  }

  private func thinned(_ points: [CurvePoint], keeping best: Int?) -> [CurvePoint] {
    guard points.count > largestPointCount else { return points }
    let steps = largestPointCount - 1
    var kept = (0...steps).map { $0 * (points.count - 1) / steps }
    if let best, !kept.contains(best) { kept.append(best) }
    return kept.sorted().map { points[$0] }
  }
}
