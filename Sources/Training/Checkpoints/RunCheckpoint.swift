import Datasets
import Detectors
import Execution
import Foundation
import Networks

/// All that a run needs to go on as if it had never stopped.
package struct RunCheckpoint {
  package var state: TrainingState
  private let tensors: SafeTensors

  static let stateFile = "state.json"
  static let tensorsFile = "tensors.safetensors"

  /// What the state of an optimizer step consists of, under the prefixes of its names in the file.
  private static func stores(_ trainer: Trainer) -> [(prefix: String, store: TensorStore<Float>)] {
    let (raw, average) = (trainer.variables, trainer.average)
    return [
      ("weights.", raw.parameters), ("buffers.", raw.buffers),
      ("average.weights.", average.parameters), ("average.buffers.", average.buffers),
    ] + trainer.optimizer.moments.enumerated().map { ("moment\($0).", $1) }
  }

  /// The newest generation that is whole; newer ones that are not are said and removed.
  ///
  /// - Throws: ``TrainingError``.
  package static func newest(of run: RunFolder, _ observer: any TrainingObserver) throws
    -> RunCheckpoint
  {
    let folder = run.checkpoints
    let (files, passedOver) = try folder.readNewest()
    guard let stateData = files[stateFile], let tensorData = files[tensorsFile],
      let state = try? JSONDecoder().decode(TrainingState.self, from: stateData)
    else {
      throw TrainingError.damagedCheckpoint(
        folder: folder.path, reason: "it is of another version of dldetect")
    }
    for line in passedOver { observer.warn("passed over: \(line)") }
    folder.removeAfter(step: state.position)
    return RunCheckpoint(
      state: state, tensors: try SafeTensors(tensorData, file: folder.path))
  }

  /// - Throws: ``TrainingError/damagedCheckpoint(folder:reason:)`` where a tensor is missing.
  func restore(_ trainer: Trainer) throws {
    for (prefix, store) in Self.stores(trainer) {
      for (index, specification) in store.specifications.enumerated() {
        let name = prefix + specification.name
        guard tensors[name]?.shape == specification.shape else {
          throw TrainingError.damagedCheckpoint(
            folder: trainer.folder.path, reason: "tensor \(name) is not as the model has it")
        }
        tensors.copy(name, into: store[index])
      }
    }
    trainer.optimizer.restore(
      count: state.step, momentumProduct: state.momentumProduct ?? 1)
    try MetricsFile(trainer.folder.metricsFile).truncate(to: state.metricsBytes)
    if state.metricsBytes > 0 { trainer.writeEvents() }
  }

  static func write(_ trainer: Trainer) throws {
    let sources = stores(trainer).flatMap { prefix, store in
      store.specifications.enumerated().map { index, specification in
        SafeTensors.Source(
          name: prefix + specification.name, shape: specification.shape,
          values: UnsafeBufferPointer(store[index]))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    let state = try encoder.encode(trainer.state)
    try trainer.folder.checkpoints.write(step: trainer.state.position) { folder in
      try DurableFiles.write(state, to: "\(folder)/\(stateFile)")
      try SafeTensors.write(sources, metadata: [:], to: "\(folder)/\(tensorsFile)")
      return [stateFile, tensorsFile]
    }
  }
}

extension TrainingState {
  /// Grows with every step and once more at the end of an epoch: the order of checkpoints.
  package var position: Int { step + epoch }
}

extension Trainer {
  func checkpoint() throws {
    try RunCheckpoint.write(self)
    lastCheckpoint = .now
  }

  /// The averaged weights, as what others load.
  func writeWeights(isBest: Bool) throws {
    let model = parts.model
    let description = DetectorDescription(
      settings: model.settings, names: model.classNames, trainingSize: settings.size,
      normalization: inputFormat.normalization)
    try DurableFiles.makeFolder((folder.lastWeights as NSString).deletingLastPathComponent)
    for path in [folder.lastWeights] + (isBest ? [folder.bestWeights] : []) {
      try SafeTensors.write(
        average.sources(), metadata: description.metadata, to: path)
    }
  }

  /// Starts from other weights.
  ///
  /// - Returns: what became of each tensor.
  /// - Throws: ``WeightsError/otherModel(file:report:)`` where nothing fits, or, with `isStrict`,
  ///   where anything does not.
  package func start(from weights: SafeTensors, isStrict: Bool) throws -> LoadReport {
    let report = variables.load(weights)
    guard !report.loaded.isEmpty, report.isComplete || !isStrict else {
      throw WeightsError.otherModel(file: weights.file, report: report)
    }
    weightsChanged()
    return report
  }
}
