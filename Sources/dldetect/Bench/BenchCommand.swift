import ArgumentParser
import Detectors
import Execution
import Foundation
import Networks
import Reports
import Training

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed.",
    subcommands: [
      BenchTrainCommand.self, BenchInferCommand.self, BenchDataCommand.self, BenchEvalCommand.self,
      BenchRegionsCommand.self,
    ])
}

extension PrecisionChoice: ExpressibleByArgument {}

/// What `bench train` and `bench infer` have in common.
struct BenchArguments: ParsableArguments {
  @Option(help: "A preset's name or a model's YAML file; train also takes a classifier's name.")
  var model = Preset.nano.rawValue

  @Option(help: "Of activations and their gradients; auto: bf16 where the processor has it.")
  var precision = PrecisionChoice.f32

  @Option(help: "Compute threads; 0: as many as processors.")
  var threads = 0

  @Option(help: "Classes (1 …; default: 80, of a classifier 20).")
  var classes: Int?

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    guard (0...1024).contains(threads), (1...100_000).contains(classes ?? 1) else {
      throw ValidationError("--threads is 0 … 1024 and --classes 1 … 100000")
    }
  }

  /// - Parameter inputs: what else than the model is read.
  /// - Throws: ``ExecutionError/unsupportedPrecision(_:reason:)``, or an output that cannot be made.
  func prepare(reading inputs: [OutputFiles.Named] = []) throws -> Precision {
    if threads > 0 { Engine.shared.threadCount = threads }
    try OutputFiles.check(json: json, reading: [("--model", model)] + inputs)
    return try precision.resolved()
  }

  /// - Throws: ``SettingsError``.
  func detector(size: Extent) throws -> TrainableDetector {
    let settings = try ModelSettings(named: model)
    try settings.check(size: size)
    return try TrainableDetector(
      settings, classNames: (0..<(classes ?? 80)).map { "class \($0)" })
  }
}

/// What `bench train` and `bench infer` write as JSON, and print.
struct BenchReport: Encodable {
  var model: String
  var size: InputSide
  var batch: Int
  var precision: String
  var threads: Int
  /// Of training: forward, loss, backward, optimizer. Of detection: from the file's bytes to boxes.
  var millisecondsPerImage: StepBenchmark.Spread
  /// Of training.
  var millisecondsPerImageWithoutLoss: StepBenchmark.Spread?
  var split: [String: StepBenchmark.Spread]
  var roofline: Roofline
  var peakBytes: Int
  /// More than the process held before the network was made.
  var growthBytes: Int
  /// Of the values of a training step.
  var arenaBytes: Int?
  /// Of a training step, where they were asked for.
  var kernels: [StepBenchmark.KernelShare]?

  /// - Parameter parts: names in `split`, in order.
  func print(parts: [String]) {
    Swift.print(
      "\(model) at \(size.extent), batch \(batch), \(precision), \(threads) threads: "
        + "milliseconds a picture")
    line("in total", millisecondsPerImage)
    if let spread = millisecondsPerImageWithoutLoss { line("without loss", spread) }
    for part in parts {
      if let spread = split[part] { line("  " + part, spread) }
    }
    Swift.print("roofline      \(roofline.line)")
    Swift.print(
      "memory        peak \(peakBytes >> 20) MiB, grown by \(growthBytes >> 20) MiB"
        + (arenaBytes.map { ", values \($0 >> 20) MiB" } ?? ""))
    if let kernels { Swift.print("\n" + KernelTable(kernels).text, terminator: "") }
  }

  private func line(_ name: String, _ spread: StepBenchmark.Spread) {
    let label = name.padding(toLength: 14, withPad: " ", startingAt: 0)
    Swift.print(
      label
        + String(
          format: "median %8.3f  min %8.3f  max %8.3f", spread.median, spread.min, spread.max))
  }
}

/// How near to the processor's limit a network runs.
struct Roofline: Encodable {
  /// Billions of operations a second on large matrices, and in the network's convolutions.
  var matrixGigaflops: Double
  var networkGigaflops: Double

  var share: Double { networkGigaflops / matrixGigaflops }

  /// - Parameters:
  ///   - operations: two for each multiply–add.
  ///   - milliseconds: that they took.
  init(_ precision: Precision, operations: Double, milliseconds: Double) {
    matrixGigaflops = precision.productRate() / 1e9
    networkGigaflops = operations / milliseconds / 1e6
  }

  var line: String {
    String(
      format: "%.0f GFLOP/s, %.0f %% of the %.0f that this machine reaches on large matrices",
      networkGigaflops, 100 * share, matrixGigaflops)
  }
}

/// Kernels by kind, for a terminal.
struct KernelTable {
  let text: String

  init(_ kernels: [StepBenchmark.KernelShare]) {
    let total = kernels.map(\.milliseconds).reduce(0, +)
    var table = TextTable([
      ("implementation", .left), ("pass", .left), ("kernels", .right), ("ms", .right),
      ("share", .right),
    ])
    for kernel in kernels {
      table.add([
        kernel.implementation, kernel.pass, String(kernel.count),
        String(format: "%.3f", kernel.milliseconds),
        String(format: "%.1f %%", 100 * kernel.milliseconds / total),
      ])
    }
    text = table.text
  }
}
