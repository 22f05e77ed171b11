import ArgumentParser
import Datasets
import Detectors
import Foundation
import Training

struct BenchDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Time opening a data set, and the way of its pictures from disk to a batch.",
    discussion: """
      Settings are those of train: --data, --size, --batch, --workers, --cache, --mosaic … The \
      first pass fills the cache; with --cache 0 all passes are from disk.
      """)

  @Option(help: "Go through the training split so often; 0: only open it (0 …).")
  var passes = 3

  @Option(help: "End each pass after so many batches (1 …; default: with the split).")
  var batches: Int?

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
    var fromDisk: Double?
    var cached: StepBenchmark.Spread?
    var cacheBytes: Int
    var cacheHits: Int
    var cacheMisses: Int
    var pictures: Int
    var objects: Int
    var openSeconds: Double
    /// Of the data set in memory, without its pictures; and what opening took at most.
    var datasetBytes: Int
    var openGrowthBytes: Int
    /// After 100 batches of the last pass, where it has so many, and at its end.
    var residentBytes: [Int]
  }

  func validate() throws {
    guard passes >= 0, batches ?? 1 > 0 else {
      throw ValidationError("--passes is 0 or more and --batches is positive")
    }
  }

  func run() throws {
    let settings = try ResolvedSettings(recipe: nil, options: options.given).values
    try OutputFiles.check(json: json, reading: DataLoading.files(settings.data))
    guard let batch = settings.batch else {
      throw CommandError.wrongUsage(reason: "--batch must be a number here, auto is for train")
    }
    let description = try DataLoading.description(settings.data)
    let opening = try OpeningBenchmark { try description.dataset(.train) }
    for line in opening.dataset.report.warnings { Messages.warn(line) }
    let splits = try TrainingSplits(settings, training: opening.dataset) { nil }
    for line in splits.notes { Messages.note(line) }
    let model = try ModelSettings(named: settings.model)
    let input = try TrainingInput(settings, model, splits.training)
    for line in input.notes { Messages.note(line) }
    for line in input.warnings { Messages.warn(line) }
    let benchmark = try LoaderBenchmark(splits.training, settings, model, input: input.format)
    let measured = try (0..<passes).map { try benchmark.pass($0, batches: batches ?? .max) }
    let report = report(settings, batch, opening, measured, benchmark.cacheStatistics)
    if json != "-" { print(report) }
    if let json { try JSONOutput.write(report, to: json) }
  }

  private func report(
    _ settings: TrainingSettings, _ batch: Int, _ opening: OpeningBenchmark,
    _ passes: [LoaderBenchmark.Pass], _ cache: PictureCache.Statistics
  ) -> Report {
    let later = passes.dropFirst().map(\.picturesPerSecond)
    return Report(
      data: settings.data, size: InputSide(extent: settings.size), batch: batch,
      workers: settings.workers, mosaic: settings.augmentation.mosaic,
      fromDisk: passes.first?.picturesPerSecond,
      cached: later.isEmpty ? nil : StepBenchmark.Spread(later), cacheBytes: cache.bytes,
      cacheHits: cache.hits, cacheMisses: cache.misses, pictures: opening.dataset.count,
      objects: opening.dataset.annotations.count, openSeconds: opening.seconds,
      datasetBytes: opening.dataset.memoryBytes, openGrowthBytes: opening.growthBytes,
      residentBytes: passes.last?.resident ?? [])
  }

  private func print(_ report: Report) {
    Swift.print(
      String(
        format: "opening       %d pictures, %d objects in %.2f s; %.1f MB, grown at most by %.1f",
        report.pictures, report.objects, report.openSeconds, Double(report.datasetBytes) / 1e6,
        Double(report.openGrowthBytes) / 1e6))
    guard let fromDisk = report.fromDisk else { return }
    Swift.print(
      "\(report.data), batch \(report.batch), \(report.workers) workers: pictures a second")
    Swift.print(String(format: "from disk     %8.0f", fromDisk))
    if let cached = report.cached {
      Swift.print(
        (report.cacheBytes > 0 ? "from memory   " : "once more     ")
          + String(
            format: "median %.0f  min %.0f  max %.0f", cached.median, cached.min, cached.max))
    }
    Swift.print(
      "cache         \(report.cacheBytes >> 20) MiB, \(report.cacheHits) hits, "
        + "\(report.cacheMisses) decoded or read from --cache-folder")
    Swift.print(
      "memory        " + report.residentBytes.map { "\($0 >> 20) MiB" }.joined(separator: " → "))
  }
}
