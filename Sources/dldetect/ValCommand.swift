import ArgumentParser
import Datasets
import Detectors
import Evaluation
import Execution
import Networks
import Training

extension DataDescription.Split: ExpressibleByArgument {}

struct ValCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "val", abstract: "Measure a detector on a split of a data set.")

  @Option(help: "Weights file, run folder, or shipped name (shapes, bccd).")
  var weights: String

  @Option(help: "Data set; 'shapes' is built in.")
  var data = DataLoading.builtIn

  @Option(help: "Split to measure on.")
  var split = DataDescription.Split.val

  @Option(help: "Side of the network's input, or HEIGHTxWIDTH, pixels (default: as trained).")
  var size: Extent?

  @Option(help: "Pictures in a batch (1 …).")
  var batch = 16

  @Option(help: "IoU above which a box covers another of its class, 0 … 1.")
  var iou: Float = 0.6

  @Option(help: "Detections of a picture, at most.")
  var maxDetections = 100

  @Flag(help: "Fit the network's input to each picture's shape instead of adding bars.")
  var rect = false

  @Option(help: "Compute threads; 0: as many as processors.")
  var threads = 0

  @Option(help: "Threads that read pictures (1 …).")
  var workers = 2

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  @Option(help: "Write the detections as COCO results JSON to this file.")
  var detections: String?

  func validate() throws {
    guard batch > 0, workers > 0, threads >= 0, maxDetections > 0, (0...1).contains(iou) else {
      throw ValidationError("--batch, --workers and --max-detections are positive, --iou 0 … 1")
    }
  }

  func run() throws {
    if threads > 0 { Engine.shared.threadCount = threads }
    try JSONOutput.check([json, detections])
    let detector = try WeightsChoice.detector(weights)
    let dataset = try DataLoading.description(data).dataset(split)
    try dataset.requireClasses(detector.names)
    for line in dataset.report.warnings { Messages.warn(line) }
    let validator = try validator(detector, dataset)
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
    if json != "-" { print(result.metrics) }
    if let json { try JSONOutput.write(result.metrics, to: json) }
    if let detections {
      try CocoResults(detections: result.detections).write(to: detections, for: result.truth)
    }
    if !result.broken.isEmpty { throw CommandError.someFailed(status: .brokenData) }
  }

  private func validator(_ detector: Detector, _ dataset: Dataset) throws -> Validator {
    let extent = size ?? detector.description.trainingSize
    try detector.settings.check(size: extent)
    var settings = Validator.Settings()
    settings.size = extent
    settings.batch = min(batch, dataset.count)
    settings.workers = workers
    settings.detection.iouThreshold = iou
    settings.detection.maxDetections = maxDetections
    settings.detection.isRectangular = rect
    return try Validator(
      try TrainableDetector(detector.settings, classNames: detector.names), dataset,
      variables: detector.variables, settings: settings, plans: .compiling(precision: .f32))
  }
}
