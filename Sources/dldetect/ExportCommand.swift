import ArgumentParser
import Detectors

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a detector's weights to a file of their own.")

  @Option(help: "Weights file, run folder (its best), or shipped name (shapes, bccd).")
  var weights: String

  @Option(help: "File to write, .safetensors.")
  var out: String

  @Flag(help: "Round values to 16 bits, which halves the file.")
  var half = false

  func run() throws {
    try OutputFiles.check(
      json: nil, [("--out", out)], reading: [("--weights", WeightsChoice.file(weights))])
    let detector = try WeightsChoice.detector(weights)
    try detector.save(out, halfPrecision: half)
    print("\(out): \(detector.settings.name), \(detector.names.count) classes")
  }
}
