import Datasets
import Detectors

/// Builds what a training run works with from its settings.
struct TrainingSetup {
  let model: TrainableDetector
  let training: Dataset
  let validation: Dataset?
  /// Which part of the data was taken, and which anchors were made of it; a sentence each.
  private let notes: [String]
  private let anchorWarnings: [String]
  private let settings: TrainingSettings
  /// What becomes of its pictures; nil of a resumed run, whose checkpoint says it.
  let input: TrainingInput?

  /// - Parameter modelYAML: of a resumed run, whose model must not follow a file that changed.
  init(_ settings: TrainingSettings, _ sources: TrainingSources, modelYAML: String? = nil) throws {
    let ownSettings =
      try modelYAML.map { try ModelSettings(recorded: $0, file: "the run's checkpoint") }
      ?? ModelSettings(named: settings.model)
    let description = try sources.data(settings.data)
    let splits = try TrainingSplits(settings, training: description.dataset(.train)) {
      description.splits[.val] == nil ? nil : try description.dataset(.val)
    }
    (training, validation) = (splits.training, splits.validation)
    try validation?.requireClasses(training.classNames)
    let anchors = try modelYAML == nil ? settings.fittedAnchors(ownSettings, training) : nil
    let modelSettings = anchors?.model ?? ownSettings
    notes = splits.notes + (anchors.map { [$0.note] } ?? [])
    anchorWarnings = anchors?.warnings ?? []
    model = try TrainableDetector(modelSettings, classNames: training.classNames)
    self.settings = settings
    for (size, key) in settings.trainedSizes(modelSettings) {
      try modelSettings.checkSides(of: size, key: key)
      try modelSettings.checkValues(of: model.graph, size: size, key: key)
    }
    // Of a resumed run it was measured when it began.
    input = try modelYAML == nil ? TrainingInput(settings, modelSettings, training) : nil
  }

  /// Finds out what `batch: auto` is on this machine, and says so.
  func fitBatch(_ settings: inout ResolvedSettings, _ observer: any TrainingObserver) throws {
    guard settings.values.batch == nil else { return }
    let estimate = try MemoryEstimate(
      settings.values, model, training: training, validation: validation,
      pixelBytes: input?.pixelBytes ?? 3)
    let fit = try BatchFit(
      MemoryBudget(settings.values), pictures: training.count, bytes: estimate.bytes)
    settings.take(fit)
    observer.note(fit.description)
  }

  /// Says what was chosen, and how pixels become network input where that was measured.
  func describe(_ observer: any TrainingObserver) {
    for line in notes + (input?.notes ?? []) { observer.note(line) }
    for line in anchorWarnings + (input?.warnings ?? []) { observer.warn(line) }
  }

  func parts(_ folder: RunFolder, _ observer: any TrainingObserver) throws -> Trainer.Parts {
    var parts = Trainer.Parts(
      model: model, training: training, validation: validation, folder: folder,
      plans: .compiling(
        training: try settings.precision.resolved(), recomputes: settings.recompute),
      observer: observer)
    parts.notes = notes
    return parts
  }
}

extension Trainer {
  /// Loads the weights that settings name into a run that is about to begin, and says what became of
  /// each tensor.
  func start(from tensors: SafeTensors, named name: String, isStrict: Bool) throws {
    let report = try start(from: tensors, isStrict: isStrict)
    observer.note(
      "weights \(name): \(report.loaded.count) tensors loaded, \(report.skipped.count) skipped, "
        + "\(report.new.count) new")
    for tensor in report.skipped {
      let reason = report.otherShapes[tensor].map { ", of another shape: \($0)" } ?? ""
      observer.note("  skipped: \(tensor)\(reason)")
    }
    for tensor in report.new { observer.note("  new: \(tensor)") }
    if let own = model.head.anchors,
      let other = try? DetectorDescription(tensors).settings.head.anchors, other != own
    {
      observer.note("these weights were trained with other anchors than this run's")
    }
    let normalization = inputFormat.normalization
    if let other = try? DetectorDescription(tensors).normalization, other != normalization {
      observer.note(
        "these weights were trained with normalization \(other); this run's is \(normalization)")
    }
  }
}
