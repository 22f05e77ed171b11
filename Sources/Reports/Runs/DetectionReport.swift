import Datasets
import Evaluation
import Images

/// What a detector reached on a split, in sections: figures, curves, confusion and pictures.
package struct DetectionReport {
  private let dataset: Dataset
  private let evaluation: EvaluationReport
  private let ranking: PictureRanking
  private let input: InputFormat
  private let warn: (String) -> Void

  /// Where there is no curve to take the score of greatest F1 from.
  private static let usualScore = 0.25

  /// - Parameters:
  ///   - dataset: the split that was detected in.
  ///   - evaluation: of these detections, where there is one; curves and confusion are added.
  ///   - input: what the network takes of pictures.
  ///   - warn: is told of pictures that cannot be shown.
  package init(
    _ dataset: Dataset, _ truth: CocoTruth, _ detections: [CocoDetection],
    evaluation: EvaluationReport? = nil, input: InputFormat,
    warn: @escaping (String) -> Void
  ) {
    var evaluation = evaluation ?? EvaluationReport(truth, detections)
    if evaluation.curves == nil {
      evaluation.curves = CurveEvaluator().evaluate(truth, detections)
    }
    let score = evaluation.curves?.all.best?.score ?? Self.usualScore
    evaluation.confusion = ConfusionMatrix(truth, detections, score: score)
    self.dataset = dataset
    self.evaluation = evaluation
    self.input = input
    self.warn = warn
    ranking = PictureRanking(truth, detections, score: score)
  }

  /// - Parameter title: of the first section.
  package func add(to document: inout Document, title: String, _ charts: inout DrawnCharts) {
    let sections = EvaluationSections(evaluation)
    document.add(title, sections.figures + [.heading("Classes")] + sections.classes)
    document.add("Precision and recall", sections.curves(&charts))
    document.add("Which classes are taken for which", sections.confusion(&charts))
    for section in sections.more { document.add(section.title, section.blocks) }
    document.add(
      "Pictures: worst and best",
      PictureGallery(dataset, ranking, input: input, warn: warn).blocks)
  }
}
