import Datasets
import Detectors
import Networks

/// The sizes that a run trains at, and what its norms have to learn from there.
extension Trainer {
  /// That batches are drawn at, the run's own first.
  var trainedSizes: [Extent] {
    settings.trainedSizes(model).map(\.size).reduce(into: []) { sizes, size in
      if !sizes.contains(size) { sizes.append(size) }
    }
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` where the smallest size leaves group norms
  ///   one value, and ``TrainingError/invalidSetting(name:value:place:expected:)`` where batch norms
  ///   would take their statistics from one.
  func checkSizes() throws {
    let sizes = settings.trainedSizes(model)
    guard let (smallest, key) = sizes.min(by: { $0.size.area < $1.size.area }) else { return }
    try model.checkNorms(of: parts.model.graph, size: smallest, key: key)
    // Training's batches are always full (``BatchSchedule/isTraining``), and accumulating their
    // gradients leaves each its own statistics.
    let norms = parts.model.graph.batchNormsOfOneValue(
      inputs: model.inputs(of: parts.model.graph, size: smallest), batch: settings.batchSize)
    guard let first = norms.first else { return }
    let others = norms.count > 1 ? " and \(norms.count - 1) more" : ""
    throw TrainingError.invalidSetting(
      name: "batch", value: "\(settings.batchSize)", place: state.settings.place(of: "batch"),
      expected: "2 or more: of one picture of \(smallest) the batch norm \(first.name)\(others) "
        + "would take its statistics from a single value, and learn nothing; or a model with norm: "
        + "{type: group} or {type: frozenBatch} there")
  }
}
