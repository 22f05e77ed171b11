import Anchors
import ArgumentParser
import Detectors
import Networks
import Reports
import Training

struct AnchorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anchors",
    abstract: "Find the anchors that suit a data set's objects, and judge a model's own.",
    discussion: """
      Sizes by k-means on the training split's objects, pictures letterboxed to the network's input; \
      each goes to the level whose receptive field and stride suit it. dldetect train --anchors auto \
      takes the same.
      """)

  @Option(help: "Description, folder, JSON or CSV file of a data set; 'shapes' is built in.")
  var data: String

  @Option(
    help: """
      A preset's name or a model's YAML file, with an anchor head (default: \
      \(Preset.tinyRetina.rawValue)).
      """)
  var model: String?

  @Option(help: "Weights file or run folder whose model and size to take.")
  var weights: String?

  @Option(
    help: """
      Side of the network's input, or HEIGHTxWIDTH, pixels (default: as trained, else \
      \(TrainingSettings().size.height)).
      """)
  var size: Extent?

  @Option(
    help: """
      Anchors of all levels together (1 … 1000; default: \(AnchorFitting.anchorsPerLevel) a level).
      """)
  var count: Int?

  @Option(help: "Of the starts of k-means.")
  var seed: UInt64 = 0

  @Option(help: "Write the report as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    guard model == nil || weights == nil else {
      throw ValidationError("--model and --weights exclude each other: weights carry their model")
    }
    guard (1...1000).contains(count ?? 1) else {
      throw ValidationError("--count is \(count ?? 0), expected 1 … 1000")
    }
  }

  func run() throws {
    try OutputFiles.check(
      json: json,
      reading: [("--model", model), ("--weights", weights.map(WeightsChoice.file))]
        + DataLoading.files(data))
    let fitting = try fitting()
    let dataset = try DataLoading.description(data).dataset(.train)
    for line in dataset.report.warnings { Messages.warn(line) }
    let ignored = dataset.annotations.count(where: \.isIgnored)
    if ignored > 0 { Messages.note("\(ignored) crowd and difficult objects were not counted") }
    guard ignored < dataset.annotations.count else { throw TrainingError.noTargets(data: data) }
    let report = try fitting.report(dataset, count: count, seed: seed)
    if json != "-" { print(report.text, terminator: "") }
    if let json { try JSONOutput.write(report, to: json) }
  }

  private func fitting() throws -> AnchorFitting {
    let standard = TrainingSettings().size
    guard let weights else {
      let settings = try ModelSettings(named: model ?? Preset.tinyRetina.rawValue)
      return try AnchorFitting(settings, size: size ?? standard)
    }
    let description = try DetectorDescription(WeightsChoice.tensors(weights))
    return try AnchorFitting(description.settings, size: size ?? description.trainingSize)
  }
}
