import Detectors
import Networks
import ReceptiveFields
import Training

/// A detector's network at one input size, and the weights that were named, if any.
struct DetectorChoice {
  let settings: ModelSettings
  let classCount: Int
  let graph: PricedGraph
  let size: Extent
  /// Weights file, run folder, or shipped name.
  let weights: String?

  var name: String { settings.name }

  /// - Throws: ``SettingsError``.
  init(settings: ModelSettings, classCount: Int, size: Extent, weights: String? = nil) throws {
    try settings.check(size: size)
    self.settings = settings
    self.classCount = classCount
    graph = try settings.pricedGraph(classCount: classCount)
    self.size = size
    self.weights = weights
  }

  /// - Parameters:
  ///   - weights: whose model, classes and size are taken.
  ///   - size: nil: as trained.
  /// - Throws: ``SettingsError``, ``WeightsError``.
  init(weights: String, size: Extent?) throws {
    let description = try DetectorDescription(WeightsChoice.tensors(weights))
    try self.init(
      settings: description.settings, classCount: description.names.count,
      size: size ?? description.trainingSize, weights: weights)
  }

  /// - Parameter classCount: of a model without weights.
  /// - Throws: ``SettingsError``, ``WeightsError``.
  init(_ options: NetworkOptions, classCount: Int) throws {
    if let weights = options.weights {
      try self.init(weights: weights, size: options.size)
    } else {
      try self.init(
        settings: ModelSettings(named: options.model ?? Preset.nano.rawValue),
        classCount: classCount, size: options.size ?? TrainingSettings().size)
      try settings.checkNorms(of: graph.picture, size: size)
    }
  }
}

extension ModelSettings {
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func pricedGraph(classCount: Int) throws -> PricedGraph {
    pricedGraph(of: try graph(classCount: classCount))
  }

  /// - Parameter graph: this model's.
  func pricedGraph(of graph: Graph) -> PricedGraph {
    let head = head.head
    return PricedGraph(
      head.pictureGraph(of: graph), whole: graph, further: head.furtherInputs)
  }
}
