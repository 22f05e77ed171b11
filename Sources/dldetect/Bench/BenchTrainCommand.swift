import ArgumentParser
import Detectors
import Execution
import Networks
import Training

struct BenchTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Time full training steps on random data that stays in memory.")

  @OptionGroup var common: BenchArguments

  @Option(help: "Side of the network's input, or HEIGHTxWIDTH, pixels.")
  var size: Extent = 320

  @Option(help: "Pictures in a batch (1 …).")
  var batch = 8

  @Option(help: "Objects in each picture (0 …).")
  var objects = 8

  @Option(help: "Steps that are timed, after three that are not (1 …).")
  var steps = 20

  @Flag(help: "Compute cheap values again in the backward pass rather than have them stored.")
  var recompute = false

  @Flag(help: "Time every kernel apart as well, and list them by kind.")
  var kernels = false

  func validate() throws {
    guard (1...4096).contains(batch), steps > 0, (0...10_000).contains(objects) else {
      throw ValidationError("--batch is 1 … 4096, --objects 0 … 10000, --steps positive")
    }
  }

  func run() throws {
    var benchmark = StepBenchmark()
    benchmark.precision = try common.prepare()
    (benchmark.size, benchmark.batch, benchmark.steps) = (size, batch, steps)
    (benchmark.objects, benchmark.timesKernels) = (objects, kernels)
    benchmark.recomputes = recompute
    let (result, multiplyAdds) = try measure(benchmark)
    let report = report(result, multiplyAdds, benchmark.precision)
    if common.json != "-" { report.print(parts: ["forward", "loss", "backward", "optimizer"]) }
    if let json = common.json { try JSONOutput.write(report, to: json) }
  }

  private func measure(_ benchmark: StepBenchmark) throws -> (
    StepBenchmark.Result, multiplyAdds: Int
  ) {
    if let classifier = Classifier(rawValue: common.model) {
      let graph = classifier.graph(classCount: common.classes ?? 20)
      let inputs = [graph.pictureShape(size)]
      return (try benchmark.run(graph), graph.description(inputs: inputs).multiplyAdds)
    }
    let detector = try common.detector(size: size)
    let inputs = detector.settings.inputs(of: detector.graph, size: size)
    return (try benchmark.run(detector), detector.graph.description(inputs: inputs).multiplyAdds)
  }

  private func report(_ result: StepBenchmark.Result, _ multiplyAdds: Int, _ precision: Precision)
    -> BenchReport
  {
    var split = [
      "forward": result.forward, "backward": result.backward, "optimizer": result.optimizer,
    ]
    split["loss"] = result.loss
    // Before the roofline takes memory of its own.
    let peak = ProcessMemory.peak
    // Forward, gradients of the weights, gradients of the values.
    let operations = 3 * 2 * Double(multiplyAdds)
    return BenchReport(
      model: common.model, size: InputSide(extent: size), batch: batch,
      precision: precision.rawValue, threads: Engine.shared.threadCount,
      millisecondsPerImage: result.step, millisecondsPerImageWithoutLoss: result.stepWithoutLoss,
      split: split,
      roofline: Roofline(
        precision, operations: operations, milliseconds: result.stepWithoutLoss.median),
      peakBytes: peak, growthBytes: result.growthBytes, arenaBytes: result.arenaBytes,
      kernels: result.kernels)
  }
}
