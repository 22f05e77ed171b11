import Datasets
import Detectors
import Training

/// Builds what a training run works with from its settings.
struct TrainingSetup {
  let model: TrainableDetector
  let training: Dataset
  let validation: Dataset?
  /// Which part of the data was taken, a sentence each.
  let notes: [String]
  private let settings: TrainingSettings

  /// - Parameter modelYAML: of a resumed run, whose model must not follow a file that changed.
  init(_ settings: TrainingSettings, modelYAML: String? = nil) throws {
    let modelSettings =
      try modelYAML.map { try ModelSettings(yaml: $0, file: "the run's checkpoint") }
      ?? ModelSettings(named: settings.model)
    let description = try DataLoading.description(settings.data)
    let splits = try TrainingSplits(settings, training: description.dataset(.train)) {
      description.splits[.val] == nil ? nil : try description.dataset(.val)
    }
    (training, validation, notes) = (splits.training, splits.validation, splits.notes)
    try validation?.requireClasses(training.classNames)
    model = try TrainableDetector(modelSettings, classNames: training.classNames)
    self.settings = settings
    try modelSettings.check(size: settings.size)
    try modelSettings.check(size: settings.earlySize, key: "earlyScale")
  }

  /// Finds out what `batch: auto` is on this machine, and says so.
  func fitBatch(_ settings: inout ResolvedSettings, _ observer: any TrainingObserver) throws {
    guard settings.values.batch == nil else { return }
    let estimate = try MemoryEstimate(
      settings.values, model, training: training, validation: validation)
    let fit = try BatchFit(
      MemoryBudget(settings.values), pictures: training.count, bytes: estimate.bytes)
    settings.take(fit)
    observer.note(fit.description)
  }

  func parts(_ folder: RunFolder, _ observer: any TrainingObserver) throws -> Trainer.Parts {
    Trainer.Parts(
      model: model, training: training, validation: validation, folder: folder,
      plans: .compiling(
        training: try settings.precision.resolved(), recomputes: settings.recompute),
      observer: observer)
  }

  /// Loads `--weights` into a run that is about to begin, and says what became of each tensor.
  static func load(
    _ name: String, into trainer: Trainer, strict: Bool, observer: any TrainingObserver
  ) throws {
    let report = try trainer.start(from: WeightsChoice.tensors(name), isStrict: strict)
    observer.note(
      "weights \(name): \(report.loaded.count) tensors loaded, \(report.skipped.count) skipped, "
        + "\(report.new.count) new")
    for tensor in report.skipped { observer.note("  skipped: \(tensor)") }
    for tensor in report.new { observer.note("  new: \(tensor)") }
  }
}
