import ArgumentParser
import Datasets
import Detectors
import Execution
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

  /// What is read of them.
  var files: [OutputFiles.Named] {
    [("--model", model), ("--weights", weights.map(WeightsChoice.file))]
  }

  /// - Parameters:
  ///   - classCount: of a model without weights.
  ///   - takesClassifiers: whether `model` may name a ``Classifier``.
  func network(classCount: Int, takesClassifiers: Bool = false) throws -> NetworkChoice {
    guard let weights else {
      if takesClassifiers, let classifier = model.flatMap(Classifier.init) {
        return NetworkChoice(
          classifier, classCount: classCount, size: size ?? TrainingSettings().size)
      }
      let choice = try NetworkChoice(
        settings: ModelSettings(named: model ?? Preset.nano.rawValue), classCount: classCount,
        size: size ?? TrainingSettings().size)
      try choice.checkNorms()
      return choice
    }
    let description = try DetectorDescription(WeightsChoice.tensors(weights))
    return try NetworkChoice(
      settings: description.settings, classCount: description.names.count,
      size: size ?? description.trainingSize)
  }
}

/// A traced network and its input's size.
struct NetworkChoice {
  let name: String
  let graph: Graph
  let picture: Shape
  /// A shape for each of the graph's inputs.
  let inputs: [Shape]
  private let settings: ModelSettings?

  init(settings: ModelSettings, classCount: Int, size: Extent) throws {
    try settings.check(size: size)
    name = settings.name
    graph = try settings.graph(classCount: classCount)
    picture = graph.pictureShape(size)
    inputs = settings.inputs(of: graph, size: size)
    self.settings = settings
  }

  init(_ classifier: Classifier, classCount: Int, size: Extent) {
    name = classifier.rawValue
    graph = classifier.graph(classCount: classCount)
    picture = graph.pictureShape(size)
    inputs = [picture]
    settings = nil
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` where norms have too little to learn from.
  func checkNorms() throws {
    try settings?.checkNorms(
      of: graph, size: Extent(height: picture.height, width: picture.width))
  }

  /// What of the graph goes by the picture alone.
  var pictureGraph: Graph { settings?.head.head.pictureGraph(of: graph) ?? graph }

  /// The plans that it runs as.
  func stages(_ mode: Mode) -> [NetworkStage] {
    settings?.stages(
      of: graph, size: Extent(height: picture.height, width: picture.width), mode: mode)
      ?? [NetworkStage(graph: graph, inputs: [picture])]
  }
}
