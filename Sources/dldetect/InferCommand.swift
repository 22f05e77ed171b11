import ArgumentParser
import Detectors
import Foundation
import Images
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

  @OptionGroup var detection: DetectionArguments

  @Option(help: "Detections with a lower score are left out, 0 … 1.")
  var conf: Float = 0.25

  @Option(help: "Folder for pictures with boxes; must be new or empty.")
  var out: String?

  @Option(help: "Write the detections as JSON to this file, or to standard output (-).")
  var json: String?

  @Flag(help: "Write no pictures.")
  var noImages = false

  func validate() throws {
    guard (0...1).contains(conf) else {
      throw ValidationError("--conf is \(conf), expected 0 … 1")
    }
    guard out == nil || !noImages else {
      throw ValidationError("--out is for pictures, which --no-images leaves out")
    }
  }

  func run() throws {
    let found = PictureSources(sources)
    try OutputFiles.check(
      json: json,
      reading: [("--weights", weights.map(WeightsChoice.file))]
        + found.paths.map { ("a source", $0) })
    let name = weights ?? WeightsChoice.standard()
    let detector = try WeightsChoice.detector(name, precision: detection.precision.resolved())
    Messages.note("weights: \(name)\(WeightsChoice.isShipped(name) ? " (shipped)" : "")")
    try detection.prepare(for: detector)
    var session = InferenceSession(
      detector, detection.options(minimumScore: conf), quiet: json == "-")
    if !noImages { session.output = try .init(path: out, input: detector.inputFormat) }
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
}
