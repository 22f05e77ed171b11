import ArgumentParser
import Detectors
import Execution
import Foundation
import Images
import Networks
import Training

struct InferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Detect in pictures.",
    discussion: """
      Pictures with boxes go to runs/infer, runs/infer-2, …. What can be done is done; what failed \
      is listed, and the exit code is 65 or 66 then.
      """)

  @Argument(help: "A picture, a folder, a glob, or - for a list of paths on standard input.")
  var sources: [String]

  @Option(
    help: """
      Weights file, run folder, or shipped name (shapes, bccd). Default: the newest run's best \
      under runs/, else shapes.
      """)
  var weights: String?

  @Option(help: "Side of the network's input, or HEIGHTxWIDTH, pixels (default: as trained).")
  var size: Extent?

  @Option(help: "Detections with a lower score are left out, 0 … 1.")
  var conf: Float = 0.25

  @Option(help: "IoU above which a box covers another of its class, 0 … 1.")
  var iou: Float = 0.6

  @Option(help: "Detections of a picture, at most.")
  var maxDetections = 100

  @Flag(help: "Fit the network's input to each picture's shape instead of adding bars.")
  var rect = false

  @Option(help: "Compute threads; 0: as many as processors.")
  var threads = 0

  @Option(help: "Folder for pictures with boxes; must be new or empty.")
  var out: String?

  @Option(help: "Write the detections as JSON to this file, or to standard output (-).")
  var json: String?

  @Flag(help: "Write no pictures.")
  var noImages = false

  func validate() throws {
    guard (0...1).contains(conf), (0...1).contains(iou), maxDetections > 0, threads >= 0 else {
      throw ValidationError("--conf and --iou are 0 … 1, --max-detections is positive")
    }
    guard out == nil || !noImages else {
      throw ValidationError("--out is for pictures, which --no-images leaves out")
    }
  }

  func run() throws {
    if threads > 0 { Engine.shared.threadCount = threads }
    try JSONOutput.check([json])
    let found = PictureSources(sources)
    let name = weights ?? WeightsChoice.standard()
    let detector = try WeightsChoice.detector(name)
    Messages.note("weights: \(name)\(WeightsChoice.isShipped(name) ? " (shipped)" : "")")
    try size.map { try detector.settings.check(size: $0) }
    var session = InferenceSession(detector, options, quiet: json == "-")
    if !noImages { session.output = try .init(path: out) }
    for failure in found.failures { session.note(failure) }
    for path in found.paths { session.process(path) }
    session.summarize()
    if WeightsChoice.isShipped(name), session.detectionCount == 0, !session.images.isEmpty {
      Messages.note(
        "nothing found: the shipped weights '\(name)' know \(detector.names.joined(separator: ", "))"
          + "; bring others with --weights FILE, or train them: dldetect train --data D")
    }
    if let json { try JSONOutput.write(session.report, to: json) }
    if let failure = session.outputFailure { throw failure }
    if let status = session.status { throw CommandError.someFailed(status: status) }
  }

  private var options: DetectionOptions {
    var options = DetectionOptions()
    options.minimumScore = conf
    options.iouThreshold = iou
    options.maxDetections = maxDetections
    options.size = size
    options.isRectangular = rect
    return options
  }
}
