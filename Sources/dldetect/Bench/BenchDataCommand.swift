import ArgumentParser
import Datasets
import Detectors
import Foundation
import Training

struct BenchDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Time the way of pictures from disk to a batch, as train takes it.",
    discussion: "Settings are those of train: --data, --size, --batch, --workers, --mosaic …")

  @Option(help: "Go through the training split so often (1 …); the first time fills the cache.")
  var passes = 3

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  @OptionGroup(title: "Settings")
  var options: SettingsOptions

  private struct Report: Encodable {
    var data: String
    var size: InputSide
    var batch: Int
    var workers: Int
    var mosaic: Double
    /// In the first pass, which reads every picture from disk; and from memory.
    var fromDisk: Double
    var cached: StepBenchmark.Spread?
    var cacheBytes: Int
  }

  func validate() throws {
    guard passes > 0 else { throw ValidationError("--passes is positive, got \(passes)") }
  }

  func run() throws {
    try JSONOutput.check([json])
    let settings = try ResolvedSettings(recipe: nil, options: options.given).values
    guard let batch = settings.batch else {
      throw CommandError.wrongUsage(reason: "--batch must be a number here, auto is for train")
    }
    let splits = try TrainingSplits(
      settings, training: DataLoading.description(settings.data).dataset(.train)
    ) { nil }
    let dataset = splits.training
    for line in splits.notes { Messages.note(line) }
    for line in dataset.report.warnings { Messages.warn(line) }
    let benchmark = try LoaderBenchmark(dataset, settings, ModelSettings(named: settings.model))
    let rates = try (0..<passes).map { try benchmark.picturesPerSecond(pass: $0) }
    let report = Report(
      data: settings.data, size: InputSide(extent: settings.size), batch: batch,
      workers: settings.workers, mosaic: settings.augmentation.mosaic, fromDisk: rates[0],
      cached: passes > 1 ? StepBenchmark.Spread(Array(rates.dropFirst())) : nil,
      cacheBytes: benchmark.cacheBytes)
    if json != "-" { print(report) }
    if let json { try JSONOutput.write(report, to: json) }
  }

  private func print(_ report: Report) {
    Swift.print(
      "\(report.data), batch \(report.batch), \(report.workers) workers: pictures a second")
    Swift.print(String(format: "from disk     %8.0f", report.fromDisk))
    if let cached = report.cached {
      Swift.print(
        String(
          format: "from memory   median %.0f  min %.0f  max %.0f", cached.median, cached.min,
          cached.max))
    }
    Swift.print("cache         \(report.cacheBytes >> 20) MiB")
  }
}
