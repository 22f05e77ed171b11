import ArgumentParser
import Datasets
import Detectors
import Networks
import Training

/// The network that `rf` and `summary` look at: its structure, not its weights' values.
struct NetworkOptions: ParsableArguments {
  @Option(help: "A preset's name or a model's YAML file (default: nano).")
  var model: String?

  @Option(
    help: """
      Weights file, run folder, or shipped name (shapes, bccd) whose model, classes and size to take.
      """)
  var weights: String?

  @Option(
    help: """
      Side of the network's input, or HEIGHTxWIDTH, pixels (default: as trained, else \
      \(TrainingSettings().size.height)).
      """)
  var size: Extent?

  func validate() throws {
    guard model == nil || weights == nil else {
      throw ValidationError("--model and --weights exclude each other: weights carry their model")
    }
  }

  /// - Parameter classCount: of a model without weights.
  func network(classCount: Int) throws -> NetworkChoice {
    guard let weights else {
      return try NetworkChoice(
        settings: ModelSettings(named: model ?? Preset.nano.rawValue), classCount: classCount,
        size: size ?? TrainingSettings().size)
    }
    let description = try DetectorDescription(WeightsChoice.tensors(weights))
    return try NetworkChoice(
      settings: description.settings, classCount: description.names.count,
      size: size ?? description.trainingSize)
  }
}

/// A traced network and its input's size.
struct NetworkChoice {
  let settings: ModelSettings
  let graph: Graph
  let picture: Shape

  init(settings: ModelSettings, classCount: Int, size: Extent) throws {
    try settings.check(size: size)
    self.settings = settings
    graph = try settings.graph(classCount: classCount)
    picture = Shape(channels: 3, height: size.height, width: size.width)
  }
}
