import ArgumentParser
import Datasets
import Detectors
import Evaluation
import Foundation
import Reports
import Training

extension DataDescription.Split: ExpressibleByArgument {}

extension FoldChoice: ExpressibleByArgument {
  public init?(argument: String) { self.init(setting: argument) }
}

struct ValCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "val", abstract: "Measure a detector on a split of a data set.")

  @Option(help: "Weights file, run folder, or shipped name (shapes, bccd).")
  var weights: String

  @Option(help: "Data set; 'shapes' is built in.")
  var data = DataLoading.builtIn

  @Option(help: "Split to measure on (default: val).")
  var split: DataDescription.Split?

  @Option(
    help: ArgumentHelp(
      "Measure on the part of the training split that train --fold left out.",
      valueName: "part/parts"))
  var fold = FoldChoice.none

  @Option(help: "Seed of the run that --fold is of.")
  var seed: UInt64 = 0

  @OptionGroup var detection: DetectionArguments

  @Option(
    help: ArgumentHelp(
      "IoU thresholds of the figures instead of COCO's 0.5:0.95:0.05, as 0.5,0.75 or "
        + "low:high:step (--iou is that of suppression).", valueName: "list"),
    transform: OverlapList.init(parsing:))
  var metricIou: OverlapList?

  @Option(
    help: ArgumentHelp(
      "Detections of a class in a picture at which recall is read instead of COCO's 1,10,100; "
        + "precision is read at the largest.", valueName: "list"),
    transform: LimitList.init(parsing:))
  var metricMaxDetections: LimitList?

  @OptionGroup var evaluation: EvaluationArguments

  @Flag(
    help: "Add figures of classes rare, common and frequent in the training split (LVIS's groups).")
  var frequencies = false

  @Option(help: "Pictures in a batch (1 …).")
  var batch = 16

  @Option(help: "Threads that read pictures (1 …).")
  var workers = 2

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  @Option(help: "Write the detections as COCO results JSON to this file.")
  var detections: String?

  @Option(help: "Folder for report.html, report.md and its pictures. Must be new or empty.")
  var out: String?

  func validate() throws {
    guard batch > 0, (1...256).contains(workers) else {
      throw ValidationError(
        "--batch is positive and --workers 1 … 256, got \(batch) and \(workers)")
    }
    try evaluation.requireDraws()
    if fold != .none, let split {
      throw ValidationError("--fold takes its part from the split train, got --split \(split) too")
    }
  }

  func run() throws {
    let began = Date()
    try OutputFiles.check(
      json: json, [("--detections", detections), ("--curves", evaluation.curves)],
      reading: [("--weights", WeightsChoice.file(weights))] + DataLoading.files(data))
    let detector = try WeightsChoice.detector(weights)
    try detection.prepare(for: detector)
    let dataset = try dataset()
    try dataset.requireClasses(detector.names)
    for line in dataset.report.warnings { Messages.warn(line) }
    try TrainingInput.check(dataset, for: detector.inputFormat)
    let settings = settings(detector, dataset)
    let validator = try validator(detector, dataset, settings)
    // Before anything is computed: an output that cannot be made is said first.
    let folder = try out.map { try ReportFolder($0, kind: "val") }
    let progress = ProgressLine()
    let result = try validator.run { done in
      progress.show(Double(done) / Double(validator.batchCount)) {
        "validating: batch \(done)/\(validator.batchCount)"
      }
    }
    progress.clear()
    for broken in result.broken {
      Messages.warn("\(broken.path): \(broken.reason); its objects count as missed")
    }
    if result.nonFinite.pictures > 0 { Messages.warn("\(result.nonFinite)") }
    let report = try report(result)
    try evaluation.show(report, json: json)
    if let detections {
      try CocoResults(detections: result.detections).write(to: detections, for: result.truth)
    }
    if let folder {
      try ValidationReport(
        detector: detector, weights: weights, data: data, split: splitName, dataset: dataset,
        evaluation: report, settings: settings, precision: detection.precision.resolved(),
        result: result, began: began
      ).write(into: folder)
      Messages.note("report in \(folder.path)/\(ReportFiles.html) and \(ReportFiles.markdown)")
    }
    let leftOut = dataset.report.count(of: .unreadable)
    if leftOut > 0 {
      Messages.warn("the objects of \(leftOut) unreadable pictures are not in these figures")
    }
    if leftOut > 0 || !result.broken.isEmpty {
      throw CommandError.someFailed(status: .brokenData)
    }
  }

  private var splitName: String {
    fold == .none ? (split ?? .val).rawValue : "fold \(fold.setting) of seed \(seed)"
  }

  private func dataset() throws -> Dataset {
    let description = try DataLoading.description(data)
    guard fold != .none else { return try description.dataset(split ?? .val) }
    var settings = TrainingSettings()
    (settings.data, settings.fold, settings.seed) = (data, fold, seed)
    let splits = try TrainingSplits(settings, training: try description.dataset(.train)) { nil }
    for line in splits.notes { Messages.note(line) }
    return splits.validation!
  }

  private func report(_ result: ValidationResult) throws -> EvaluationReport {
    var training: [Int]?
    if frequencies {
      let dataset = try DataLoading.description(data).dataset(.train)
      for line in dataset.report.warnings { Messages.warn(line) }
      training = try CocoTruth(dataset).imagesPerCategory(of: result.truth, file: data)
    }
    let options = evaluation.options(
      overlaps: metricIou, limits: metricMaxDetections, trainingImages: training)
    return EvaluationReport(result.truth, result.detections, options)
  }

  private func settings(_ detector: Detector, _ dataset: Dataset) -> Validator.Settings {
    var settings = Validator.Settings()
    settings.size = detection.size ?? detector.description.trainingSize
    settings.batch = min(batch, dataset.count)
    settings.workers = workers
    settings.input = detector.inputFormat
    settings.detection = detection.options(minimumScore: settings.detection.minimumScore)
    return settings
  }

  private func validator(
    _ detector: Detector, _ dataset: Dataset, _ settings: Validator.Settings
  ) throws -> Validator {
    try Validator(
      try TrainableDetector(detector.settings, classNames: detector.names), dataset,
      variables: detector.variables, settings: settings,
      plans: .compiling(inference: detection.precision.resolved()))
  }
}
