import ArgumentParser
import Detectors
import Execution
import Networks

/// How a trained detector is used: common to the commands that run one.
struct DetectionArguments: ParsableArguments {
  @Option(help: "Side of the network's input, or HEIGHTxWIDTH, pixels (default: as trained).")
  var size: Extent?

  @Flag(help: "Fit the network's input to each picture's shape instead of adding bars.")
  var rect = false

  @Option(
    help: "IoU above which a box covers another of its class, 0 … 1 (default: \(Self.usualIoU)).")
  var iou: Float?

  @Option(help: "Detections of a picture, at most (default: \(Self.usualLimit)).")
  var maxDetections: Int?

  @Option(help: "Of activations; auto: bf16 where the processor multiplies in it.")
  var precision = PrecisionChoice.f32

  @Option(help: "Compute threads; 0: as many as processors.")
  var threads = 0

  private static let usualIoU: Float = 0.6
  private static let usualLimit = 100

  func validate() throws {
    let (iou, maxDetections) = (iou ?? Self.usualIoU, maxDetections ?? Self.usualLimit)
    guard (0...1).contains(iou), maxDetections > 0, (0...1024).contains(threads) else {
      throw ValidationError(
        "--iou is 0 … 1, --max-detections positive, --threads 0 … 1024; got \(iou), "
          + "\(maxDetections) and \(threads)")
    }
  }

  /// Fixes the number of threads, and checks the size against the model; says what changes where it is
  /// not the trained one.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func prepare(for detector: Detector) throws {
    if threads > 0 { Engine.shared.threadCount = threads }
    try size.map { try detector.settings.check(size: $0) }
    let largest = size ?? detector.description.trainingSize
    let least = detector.settings.sizeMultiple
    let slim = [
      Extent(height: largest.height, width: least), Extent(height: least, width: largest.width),
    ]
    if let line = detector.positionNote(sizes: [largest] + (rect ? slim : [])) {
      Messages.note(line)
    }
  }

  func options(minimumScore: Float) -> DetectionOptions {
    var options = DetectionOptions()
    options.minimumScore = minimumScore
    options.iouThreshold = iou ?? Self.usualIoU
    options.maxDetections = maxDetections ?? Self.usualLimit
    options.size = size
    options.isRectangular = rect
    return options
  }
}
