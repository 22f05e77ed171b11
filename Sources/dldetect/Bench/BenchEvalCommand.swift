import ArgumentParser
import Foundation
import Training

struct BenchEvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Time COCO's metrics on made-up detections, reading of files included.",
    discussion: "The defaults are the size of COCO's val2017 with 100 detections in every picture.")

  @Option(help: "Pictures (1 …).")
  var pictures = 5000

  @Option(help: "Objects in all pictures together (1 …).")
  var objects = 36_781

  @Option(help: "Detections in each picture (0 …).")
  var detections = 100

  @Option(help: "Classes (1 …).")
  var classes = 80

  @Option(help: "Times measured (1 …).")
  var repeats = 5

  @Option(help: "Of what is made up.")
  var seed: UInt64 = 0

  @Option(help: "Write the figures as JSON to this file, or to standard output (-).")
  var json: String?

  private struct Report: Encodable {
    var pictures: Int
    var objects: Int
    var detections: Int
    var classes: Int
    var milliseconds: [String: StepBenchmark.Spread]
    var peakBytes: Int
    var averagePrecision: Double?

    enum CodingKeys: String, CodingKey {
      case pictures, objects, detections, classes, milliseconds, peakBytes
      case averagePrecision = "AP"
    }
  }

  func validate() throws {
    let most = 10_000_000
    guard [pictures, objects, classes, repeats].allSatisfy({ (1...most).contains($0) }),
      (0...most / pictures).contains(detections)
    else {
      throw ValidationError(
        "--pictures, --objects, --classes and --repeats are 1 … \(most), as are all detections")
    }
  }

  func run() throws {
    try OutputFiles.check(json: json, reading: [])
    var benchmark = EvaluationBenchmark()
    (benchmark.pictures, benchmark.objects, benchmark.classes) = (pictures, objects, classes)
    (benchmark.detections, benchmark.repeats, benchmark.seed) = (detections, repeats, seed)
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try benchmark.run(in: folder)
    let report = Report(
      pictures: pictures, objects: objects, detections: pictures * detections, classes: classes,
      milliseconds: ["read": result.read, "evaluate": result.evaluate, "total": result.total],
      peakBytes: ProcessMemory.peak, averagePrecision: result.metrics.ap)
    if json != "-" { print(report) }
    if let json { try JSONOutput.write(report, to: json) }
  }

  private func temporaryFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("dldetect-bench-\(UUID().uuidString)").path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    } catch {
      throw CommandError.cannotCreate(path: folder, reason: "the temporary folder is not writable")
    }
    return folder
  }

  private func print(_ report: Report) {
    Swift.print(
      "\(report.pictures) pictures, \(report.objects) objects and \(report.detections) detections "
        + "of \(report.classes) classes: milliseconds")
    for name in ["read", "evaluate", "total"] {
      guard let spread = report.milliseconds[name] else { continue }
      Swift.print(
        name.padding(toLength: 14, withPad: " ", startingAt: 0)
          + String(
            format: "median %8.0f  min %8.0f  max %8.0f", spread.median, spread.min, spread.max))
    }
    Swift.print("memory        peak \(report.peakBytes >> 20) MiB")
  }
}
