import ArgumentParser
import Datasets

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make and look at data sets.",
    subcommands: [
      DataCheckCommand.self, DataStatsCommand.self, DataConvertCommand.self, DataSplitCommand.self,
      DataPreviewCommand.self, DataShapesCommand.self,
    ])
}

extension DataDescription.Format: ExpressibleByArgument {}

struct DataShapesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shapes",
    abstract: "Write the built-in set: drawn shapes on textured backgrounds.")

  @Option(help: "Folder to write.")
  var out: String

  @Option(help: "Format of the annotations.")
  var format = DataDescription.Format.yolo

  @Option(help: "Training pictures (0 …).")
  var train = 1000

  @Option(help: "Validation pictures (0 …).")
  var val = 200

  @Option(help: "Side of the pictures, pixels (32 … 4096).")
  var size = 320

  @Option(help: "Of all random draws.")
  var seed: UInt64 = 0

  private static let counts = 0...10_000_000

  func validate() throws {
    guard Self.counts.contains(train), Self.counts.contains(val), train + val > 0 else {
      throw ValidationError(
        "--train and --val are 0 … \(Self.counts.upperBound), not both 0; got \(train) and \(val)")
    }
    guard (32...4096).contains(size) else {
      throw ValidationError("--size is \(size), expected 32 … 4096 pixels")
    }
  }

  func run() throws {
    var settings = ShapesGenerator.Settings()
    settings.seed = seed
    settings.width = size
    settings.height = size
    var folder = ShapesFolder(ShapesGenerator(settings), format: format)
    folder.train = train
    folder.val = val
    let description = try folder.materialize(at: out)
    print("\(description.file): \(train) training and \(val) validation pictures")
  }
}
