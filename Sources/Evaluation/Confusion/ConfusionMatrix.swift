/// Which classes are taken for which, at one overlap and one score.
///
/// In each picture all pairs of a detection from ``score`` on and an object that counts, of whatever
/// class, whose IoU reaches ``overlap`` are gone through by falling IoU (equal ones by falling
/// score, then as the detections and the objects came); a pair of which neither is taken yet is a
/// match. An object without one counts as taken for background. A detection without one counts as
/// background taken for its class, unless it lies on a crowd or an ignored object, where it does
/// not count.
///
/// The rule is that of the matrices of YOLOv5 (`utils/metrics.py`, `ConfusionMatrix`); crowds and
/// ignored objects, which it does not know, are treated as by COCO.
package struct ConfusionMatrix: Codable, Hashable, Sendable {
  /// The classes; the last row and column, which have no label here, are background.
  package var labels: [String]
  /// IoU from which a detection and an object may match.
  package var overlap: Double
  /// Score from which detections are looked at.
  package var score: Double
  /// `[truth][predicted]`, both `labels.count + 1` long: row by row how often an object of a class
  /// was taken for each class. The last row holds detections where nothing is, the last column
  /// objects that were missed; their corner is 0.
  package var counts: [[Int]]

  package init(labels: [String], overlap: Double = 0.5, score: Double = 0.25) {
    self.labels = labels
    self.overlap = overlap
    self.score = score
    let side = labels.count + 1
    counts = Array(repeating: Array(repeating: 0, count: side), count: side)
  }

  /// The index of the row and the column of background.
  package var background: Int { labels.count }
}
