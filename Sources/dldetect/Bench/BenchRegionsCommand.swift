import ArgumentParser
import Execution
import Networks
import Training

struct BenchRegionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regions",
    abstract: "Time region pooling by itself on random features, as a second stage has it.")

  @Option(help: "Pictures in a batch (1 …).")
  var batch = 2

  @Option(help: "Regions of a picture (1 …).")
  var regions = 512

  @Option(help: "Channels of the feature map, in multiples of 16.")
  var channels = 256

  @Option(help: "Side of the feature map, cells of 8 pixels (4 …).")
  var side = 100

  @Option(help: "Cells of a pooled region along each axis (1 …).")
  var bins = 7

  @Option(help: "Samples of a bin along each axis; 0: as many as it has cells.")
  var samples = 2

  @Flag(help: "Take maxima of cells instead of means of samples.")
  var maximum = false

  @Option(help: "Times measured, after two that are not (1 …).")
  var repeats = 20

  @Option(help: "Of features and their gradients.")
  var precision = PrecisionChoice.f32

  @Option(help: "Compute threads; 0: as many as processors.")
  var threads = 0

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    guard (1...4096).contains(batch), (1...65536).contains(regions), (1...64).contains(bins),
      (1...65536).contains(channels), channels % 16 == 0, (4...8192).contains(side),
      (0...64).contains(samples), repeats > 0, (0...1024).contains(threads)
    else {
      throw ValidationError(
        "--batch is 1 … 4096, --regions 1 … 65536, --channels a multiple of 16 up to 65536, --side "
          + "4 … 8192, --bins 1 … 64, --samples 0 … 64, --threads 0 … 1024, --repeats positive")
    }
  }

  func run() throws {
    if threads > 0 { Engine.shared.threadCount = threads }
    try OutputFiles.check(json: json, reading: [])
    var benchmark = RegionBenchmark()
    (benchmark.pictures, benchmark.regions, benchmark.channels) = (batch, regions, channels)
    (benchmark.side, benchmark.repeats) = (side, repeats)
    benchmark.precision = try precision.resolved()
    benchmark.pooling = RegionPooling(
      maximum ? .maximum : .align(samples: samples, isAligned: true), bins: Extent(bins),
      strides: [8])
    let result = try benchmark.run()
    if json != "-" {
      for (pass, spread) in [("forward", result.forward), ("backward", result.backward)] {
        print("\(pass) \(spread.median) ms (\(spread.min) … \(spread.max))")
      }
    }
    if let json { try JSONOutput.write(result, to: json) }
  }
}
