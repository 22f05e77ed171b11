import ArgumentParser
import Datasets
import Detectors
import Execution
import Foundation
import Images
import Networks
import Training

struct BenchInferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer",
    abstract: "Time detection in one picture after another, from the file's bytes to boxes.",
    discussion: "The picture is a drawn one of 640×480, as JPEG, unless --image gives another.")

  @OptionGroup var common: BenchArguments

  @Option(help: "Weights file, run folder, or shipped name (default: drawn at random).")
  var weights: String?

  @Option(help: "A picture's file.")
  var image: String?

  @Option(
    help: "Side of the network's input, or HEIGHTxWIDTH, pixels (default: as trained, or 320).")
  var size: Extent?

  @Option(help: "Pictures in a batch (1 …).")
  var batch = 1

  @Option(help: "Detections with a lower score are left out, 0 … 1.")
  var conf: Float = 0.25

  @Flag(
    help: "Run norms and parallel branches one by one, rather than folded into the convolutions.")
  var unfolded = false

  @Option(help: "Batches that are timed, after three that are not (1 …).")
  var steps = 50

  private static let stages = ["decode", "preprocess", "network", "postprocess"]

  func validate() throws {
    guard (1...4096).contains(batch), steps > 0, (0...1).contains(conf) else {
      throw ValidationError("--batch is 1 … 4096, --conf 0 … 1, --steps positive")
    }
  }

  func run() throws {
    let precision = try common.prepare(
      reading: [("--weights", weights.map(WeightsChoice.file)), ("--image", image)])
    let bytes = try file()
    let before = ProcessMemory.resident
    let detector = try detector(precision)
    var options = DetectionOptions()
    options.size = size
    options.minimumScore = conf
    try size.map { try detector.settings.check(size: $0) }
    if let line = detector.positionNote(sizes: [size ?? detector.description.trainingSize]) {
      Messages.note(line)
    }
    var laps: [[Double]] = []
    for step in 0..<steps + 3 {
      let lap = try time(detector, bytes, options)
      if step >= 3 { laps.append(lap) }
    }
    let report = report(detector, laps, precision, before)
    if common.json != "-" { report.print(parts: Self.stages) }
    if let json = common.json { try JSONOutput.write(report, to: json) }
  }

  private func file() throws -> [UInt8] {
    if let image {
      _ = try Picture.probe(path: image)
      return try [UInt8](Data(contentsOf: URL(fileURLWithPath: image)))
    }
    var settings = ShapesGenerator.Settings()
    (settings.width, settings.height) = (640, 480)
    let drawing = ShapesGenerator(settings).drawing(2)
    return try Picture(pixels: drawing.pixels, width: drawing.width, height: drawing.height)
      .encoded(as: "jpg")
  }

  private func detector(_ precision: Precision) throws -> Detector {
    if let weights {
      let detector = try WeightsChoice.detector(weights, precision: precision)
      return unfolded
        ? try Detector(
          detector.description, variables: detector.variables, precision: precision, folds: false)
        : detector
    }
    let trainable = try common.detector(size: size ?? TrainingSettings().size)
    return try Detector(
      DetectorDescription(
        settings: trainable.settings, names: trainable.classNames,
        trainingSize: size ?? TrainingSettings().size), precision: precision, folds: !unfolded)
  }

  /// Decoding, preprocessing, network, postprocessing: milliseconds a picture.
  private func time(_ detector: Detector, _ bytes: [UInt8], _ options: DetectionOptions) throws
    -> [Double]
  {
    let start = ContinuousClock.now
    let pictures = try (0..<batch).map { _ in try Picture.decode(bytes, input: detector.inputFormat)
    }
    let decode = (ContinuousClock.now - start) / .milliseconds(1) / Double(batch)
    let timings = try detector.detect(in: pictures, options: options)[0].timings
    return [decode, timings.preprocess, timings.network, timings.postprocess]
  }

  private func report(
    _ detector: Detector, _ laps: [[Double]], _ precision: Precision, _ before: Int
  ) -> BenchReport {
    let split = Dictionary(
      uniqueKeysWithValues: Self.stages.enumerated().map { place, name in
        (name, StepBenchmark.Spread(laps.map { $0[place] }))
      })
    let extent = size ?? detector.description.trainingSize
    let inputs = detector.settings.inputs(of: detector.graph, size: extent)
    // Before the roofline takes memory of its own.
    let peak = ProcessMemory.peak
    return BenchReport(
      model: detector.settings.name, size: InputSide(extent: extent), batch: batch,
      precision: precision.rawValue, threads: Engine.shared.threadCount,
      millisecondsPerImage: StepBenchmark.Spread(laps.map { $0.reduce(0, +) }), split: split,
      roofline: Roofline(
        precision,
        operations: 2 * Double(detector.graph.description(inputs: inputs).multiplyAdds),
        milliseconds: split["network"]!.median),
      peakBytes: peak, growthBytes: max(0, peak - before))
  }
}
