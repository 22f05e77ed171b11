import Boxes
import Datasets
import Detectors
import Evaluation
import Images
import Networks
import ReceptiveFields
import Training

/// Explains the pictures of a split, one at a time, by what a detector says of them.
package final class Explainer {
  private let detector: Detector
  private let dataset: Dataset
  private let rules: ExplanationRules
  private let sizeRule: ObjectSizeRule
  private let truth: CocoTruth
  /// Position in ``truth`` of each picture's first object, and of the end.
  private let starts: [Int]
  /// Of each size of input met so far, for looking up only.
  private var knownLevels: [Extent: [LevelRange]] = [:]

  /// - Parameters:
  ///   - dataset: of the detector's classes.
  ///   - options: how detections are made.
  ///   - overlap: IoU from which a detection finds an object.
  package init(
    _ detector: Detector, _ dataset: Dataset, options: DetectionOptions, overlap: Double,
    sizeRule: ObjectSizeRule = ObjectSizeRule()
  ) {
    self.detector = detector
    self.dataset = dataset
    self.sizeRule = sizeRule
    rules = ExplanationRules(
      detection: options, overlap: overlap, levels: [],
      cell: Double(detector.settings.strides[0]))
    truth = CocoTruth(dataset)
    starts = dataset.samples.indices.reduce(into: [0]) { ends, sample in
      ends.append(ends[sample] + dataset.annotations(of: sample).count)
    }
  }

  /// - Parameter sample: position in the data set.
  /// - Throws: ``ImageError``, ``ExplanationError/otherSize(path:has:stated:)``, or see
  ///   ``Detector/detect(in:options:)``.
  package func explain(_ sample: Int) throws -> PictureExplanation {
    let picture = try read(sample)
    let canvas = try detector.canvas(
      width: picture.originalWidth, height: picture.originalHeight, options: rules.detection)
    let targets = dataset.letterboxedTargets(sample, canvas: canvas)
    let examination = try detector.examine(
      picture, targets: targets.forHead, options: rules.detection)
    var rules = rules
    rules.levels = levels(canvas)
    return PictureExplanation(
      objects(sample, targets, examination.census), candidates: examination.candidates,
      proposals: examination.proposals, letterbox: examination.letterbox, rules: rules,
      path: dataset.samples[sample].path)
  }

  /// The picture, to be drawn on.
  package func preview(_ sample: Int) throws -> Picture {
    try read(sample).preview(detector.inputFormat)
  }

  private func read(_ sample: Int) throws -> Picture {
    try dataset.picture(sample, input: detector.inputFormat)
  }

  /// A picture's annotations; those that are no targets have no side and no positive.
  private func objects(_ sample: Int, _ targets: Targets, _ census: AssignmentCensus)
    -> [ExaminedObject]
  {
    var next = 0
    return zip(dataset.annotations(of: sample).indices, truth.objects[starts[sample]...]).map {
      annotation, object in
      guard next < targets.annotations.count, targets.annotations[next] == Int32(annotation) else {
        return ExaminedObject(object, side: 0, positives: 0, positivesAlone: 0)
      }
      defer { next += 1 }
      return ExaminedObject(
        object, side: Double(targets.boxes[next].area).squareRoot(),
        positives: census.positives[next], positivesAlone: census.alone[next])
    }
  }

  private func levels(_ canvas: Extent) -> [LevelRange] {
    if let known = knownLevels[canvas] { return known }
    let analysis = FieldAnalysis(
      detector.settings.head.head.pictureGraph(of: detector.graph),
      inputs: [detector.graph.pictureShape(canvas)])
    let report = ReceptiveFieldReport(
      model: detector.settings.name, analysis: analysis, rule: sizeRule)
    let found = report.levels.map { LevelRange(name: $0.name, range: $0.objectRange) }
    knownLevels[canvas] = found
    return found
  }
}
