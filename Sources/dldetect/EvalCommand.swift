import ArgumentParser
import Evaluation

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Compute COCO's metrics for detections in a file.")

  @Option(help: "COCO instances JSON with what is there.")
  var truth: String

  @Option(help: "COCO results JSON with what was detected.")
  var detections: String

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  func run() throws {
    try JSONOutput.check([json])
    let truth = try CocoTruth(instances: self.truth)
    let results = try CocoResults(reading: detections, for: truth)
    if results.unknownCategoryCount > 0 {
      Messages.warn(
        "\(detections): \(results.unknownCategoryCount) detections of categories that the truth "
          + "does not have were left out")
    }
    let metrics = CocoEvaluator().evaluate(truth, results.detections)
    if json != "-" { print(metrics) }
    if let json { try JSONOutput.write(metrics, to: json) }
  }
}
