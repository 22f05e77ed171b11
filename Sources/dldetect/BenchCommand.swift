import ArgumentParser
import Detectors
import Execution
import Foundation
import Networks
import Training

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed.", subcommands: [BenchTrainCommand.self])
}

extension Precision: ExpressibleByArgument {}

struct BenchTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Time full training steps on random data that stays in memory.")

  @Option(help: "A preset's name or a model's YAML file.")
  var model = "nano"

  @Option(help: "Side of the network's input, or HEIGHTxWIDTH, pixels.")
  var size: Extent = 320

  @Option(help: "Pictures in a batch (1 …).")
  var batch = 8

  @Option(help: "Of activations and their gradients.")
  var precision = Precision.f32

  @Option(help: "Compute threads; 0: as many as processors.")
  var threads = 0

  @Option(help: "Steps that are timed, after three that are not (1 …).")
  var steps = 20

  @Option(help: "Classes (1 …).")
  var classes = 80

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  private struct Report: Encodable {
    var model: String
    var size: InputSide
    var batch: Int
    var precision: String
    var threads: Int
    /// A full step: forward, loss, backward, optimizer.
    var millisecondsPerImage: StepBenchmark.Spread
    var millisecondsPerImageWithoutLoss: StepBenchmark.Spread
    var split: [String: StepBenchmark.Spread]
    var peakBytes: Int
    var arenaBytes: Int
  }

  func validate() throws {
    guard (1...4096).contains(batch), (0...1024).contains(threads), steps > 0,
      (1...100_000).contains(classes)
    else {
      throw ValidationError(
        "--batch is 1 … 4096, --threads 0 … 1024, --classes 1 … 100000, --steps positive")
    }
  }

  func run() throws {
    if threads > 0 { Engine.shared.threadCount = threads }
    try JSONOutput.check([json])
    let settings = try ModelSettings(named: model)
    try settings.check(size: size)
    let detector = try TrainableDetector(settings, classNames: (0..<classes).map { "class \($0)" })
    var benchmark = StepBenchmark()
    benchmark.size = size
    benchmark.batch = batch
    benchmark.steps = steps
    benchmark.precision = precision
    let result = try benchmark.run(detector)
    let report = report(settings, result)
    if json != "-" { show(report) }
    if let json { try JSONOutput.write(report, to: json) }
  }

  private func report(_ settings: ModelSettings, _ result: StepBenchmark.Result) -> Report {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Report(
      model: settings.name, size: InputSide(extent: size), batch: batch,
      precision: precision.rawValue,
      threads: Engine.shared.threadCount, millisecondsPerImage: result.step,
      millisecondsPerImageWithoutLoss: result.stepWithoutLoss,
      split: [
        "forward": result.forward, "loss": result.loss, "backward": result.backward,
        "optimizer": result.optimizer,
      ],
      peakBytes: usage.ru_maxrss * 1024, arenaBytes: result.arenaBytes)
  }

  private func show(_ report: Report) {
    print(
      "\(report.model) at \(size), batch \(batch), \(report.precision), "
        + "\(report.threads) threads: milliseconds a picture")
    let rows =
      [
        ("full step", report.millisecondsPerImage),
        ("without loss", report.millisecondsPerImageWithoutLoss),
      ] + ["forward", "loss", "backward", "optimizer"].map { ("  " + $0, report.split[$0]!) }
    for (name, spread) in rows {
      let label = name.padding(toLength: 14, withPad: " ", startingAt: 0)
      print(
        label
          + String(
            format: "median %8.3f  min %8.3f  max %8.3f", spread.median, spread.min, spread.max))
    }
    print("peak memory   \(report.peakBytes >> 20) MiB")
  }
}
