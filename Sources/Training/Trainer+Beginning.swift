import Execution
import Foundation

/// How runs begin and go on, by settings alone.
extension Trainer {
  /// A run at its first step, as `dldetect train` has it but for its report.
  ///
  /// - Parameters:
  ///   - settings: those that differ from their defaults count as given: ``ResolvedSettings/init(_:)``.
  ///   - folder: to be made, or empty; nil: the first of `runs/train`, `runs/train-2`, … that is free.
  ///   - observer: is told of all that is assumed, warned of, measured and reached.
  /// - Throws: ``TrainingError``, ``SettingsError``, ``DatasetError`` or ``WeightsError``, with the file
  ///   or setting that is wrong; a folder that was made goes again.
  public convenience init(
    _ settings: TrainingSettings, folder: String? = nil, observer: any TrainingObserver
  ) throws {
    try self.init(
      ResolvedSettings(settings), folder: folder, sources: .files, observer: observer)
  }

  /// A run as its last checkpoint has it, with the settings it began with.
  ///
  /// - Throws: ``TrainingError``, as where the training data changed.
  public convenience init(resuming folder: String, observer: any TrainingObserver) throws {
    try self.init(resuming: folder, sources: .files, observer: observer)
  }

  /// - Parameter path: to be made, or empty.
  package convenience init(
    _ settings: ResolvedSettings, folder path: String?, sources: TrainingSources,
    observer: any TrainingObserver
  ) throws {
    var settings = settings
    settings.fixThreads()
    try settings.fixPrecision()
    settings.anchorData()
    Engine.shared.threadCount = settings.values.threads
    let isNew = path.map { !FileManager.default.fileExists(atPath: $0) } ?? true
    let folder = try RunFolder.create(path, kind: "train")
    do {
      let setup = try TrainingSetup(settings.values, sources)
      setup.describe(observer)
      try setup.fitBatch(&settings, observer)
      try self.init(
        setup.parts(folder, observer), settings: settings,
        normalization: setup.input?.format.normalization ?? .linear)
      let weights = settings.values.weights
      if !weights.isEmpty {
        try start(
          from: sources.weights(weights), named: weights, isStrict: settings.values.strict)
      }
    } catch {
      // Nothing came of it: a folder made here goes, being empty.
      if isNew { rmdir(folder.path) }
      throw settings.located(error)
    }
    observer.note("writing to \(folder.path)")
  }

  /// - Parameter options: by the setting's name; only such as do not change the result.
  package convenience init(
    resuming path: String, options: [(name: String, value: String)] = [],
    sources: TrainingSources, observer: any TrainingObserver
  ) throws {
    let folder = RunFolder(path)
    var checkpoint = try RunCheckpoint.newest(of: folder, observer)
    try checkpoint.state.settings.override(options)
    let settings = checkpoint.state.settings.values
    Engine.shared.threadCount = settings.threads
    let setup = try TrainingSetup(settings, sources, modelYAML: checkpoint.state.modelYAML)
    setup.describe(observer)
    try setup.training.requireClasses(checkpoint.state.classNames)
    try self.init(setup.parts(folder, observer), resuming: checkpoint)
  }
}
