/// Precision, recall and F1 against the score from which detections are kept, at one overlap: of
/// every class, and of all classes ranked together.
///
/// Matching is COCO's (``CellMatcher``): a class at a time, crowds and ignored objects as there.
/// Best score comes first there, so that what a detection takes does not depend on those below it,
/// and the curve holds what each threshold would give by itself.
///
/// Everingham et al.: *The PASCAL Visual Object Classes (VOC) Challenge*, IJCV 2010, §4.2 (precision
/// and recall); van Rijsbergen: *Information Retrieval*, 1979, ch. 7 (F1).
package struct DetectionCurves: Codable, Hashable, Sendable {
  /// IoU from which a detection finds an object.
  package var overlap: Double
  /// All detections of all classes in one ranking: every object weighs the same.
  package var all: DetectionCurve
  /// In the truth's order of classes.
  package var perClass: [DetectionCurve]

  package init(overlap: Double = 0.5, all: DetectionCurve, perClass: [DetectionCurve]) {
    self.overlap = overlap
    self.all = all
    self.perClass = perClass
  }
}

/// One class's line of ``DetectionCurves``, or that of all classes.
package struct DetectionCurve: Codable, Hashable, Sendable {
  /// A class's name, or "all".
  package var label: String
  /// Objects that count.
  package var instances: Int
  /// By falling score; empty where no object counts or nothing was detected.
  package var points: [CurvePoint]
  /// The point of greatest F1, of several the one of highest score.
  package var best: CurvePoint?

  package init(
    label: String, instances: Int, points: [CurvePoint] = [], best: CurvePoint? = nil
  ) {
    self.label = label
    self.instances = instances
    self.points = points
    self.best = best
  }
}

/// What is reached when detections from one score on are kept.
///
/// With *t* true positives among *d* detections that count and *n* objects: recall *t / n*,
/// precision *t / d*, and their harmonic mean F1 = 2 *t* / (*d* + *n*). All in 0 … 1.
package struct CurvePoint: Codable, Hashable, Sendable {
  package var score: Double
  package var recall: Double
  package var precision: Double
  package var f1: Double

  package init(score: Double, recall: Double, precision: Double, f1: Double) {
    self.score = score
    self.recall = recall
    self.precision = precision
    self.f1 = f1
  }
}
