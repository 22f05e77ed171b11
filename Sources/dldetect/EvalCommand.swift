import ArgumentParser
import Evaluation

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Compute COCO's metrics for detections in a file.")

  @Option(help: "COCO instances JSON with what is there.")
  var truth: String

  @Option(help: "COCO results JSON with what was detected.")
  var detections: String

  @Option(
    help: ArgumentHelp(
      "IoU thresholds instead of COCO's 0.5:0.95:0.05, as 0.5,0.75 or low:high:step.",
      valueName: "list"),
    transform: OverlapList.init(parsing:))
  var iou: OverlapList?

  @Option(
    help: ArgumentHelp(
      "Detections of a class in a picture at which recall is read instead of COCO's 1,10,100; "
        + "precision is read at the largest.", valueName: "list"),
    transform: LimitList.init(parsing:))
  var maxDetections: LimitList?

  @OptionGroup var evaluation: EvaluationArguments

  @Option(
    help: """
      COCO instances JSON of the training split: adds figures of rare, common and frequent classes \
      (LVIS's groups).
      """)
  var trainingTruth: String?

  @Option(
    help: ArgumentHelp(
      "COCO results JSON of another run on the same pictures: adds both runs' AP, AP50 and AP75, "
        + "the 95 % interval of their difference and a paired permutation test, from --bootstrap "
        + "samples, 1000 if not given.", valueName: "file"))
  var against: String?

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    try evaluation.requireDraws(by: [("--against", against != nil)])
  }

  func run() throws {
    try OutputFiles.check(
      json: json, [("--curves", evaluation.curves)],
      reading: [
        ("--truth", truth), ("--detections", detections), ("--training-truth", trainingTruth),
        ("--against", against),
      ])
    let truth = try CocoTruth(instances: self.truth)
    if truth.objects.isEmpty { Messages.warn("\(self.truth): there are no objects") }
    let results = try CocoResults(reading: detections, for: truth)
    for line in results.warnings { Messages.warn("\(detections): \(line)") }
    let training = try trainingTruth.map {
      try CocoTruth(instances: $0).imagesPerCategory(of: truth, file: $0)
    }
    if evaluation.calibration { try results.requireProbabilities(detections) }
    var options = evaluation.options(
      overlaps: iou, limits: maxDetections, trainingImages: training)
    options.against = try against.map { file in
      let others = try CocoResults(reading: file, for: truth)
      for line in others.warnings { Messages.warn("\(file): \(line)") }
      return others.detections
    }
    try evaluation.show(EvaluationReport(truth, results.detections, options), json: json)
  }
}
