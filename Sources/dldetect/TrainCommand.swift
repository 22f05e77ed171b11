import ArgumentParser
import Datasets
import Detectors
import Execution
import Foundation
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a detector.",
    discussion: """
      Without any option the model nano learns the built-in shapes. Every setting below can also \
      stand in a recipe (in camelCase: weightDecay: 0.0005); the command line has the last word. \
      Ctrl-C writes a checkpoint; --resume goes on from it, or from a killed run's last one, with \
      the same result as a run never stopped.
      """)

  @Option(help: "YAML file of settings.")
  var recipe: String?

  @Option(help: "The run's folder (default: runs/train, runs/train-2, …). Must be new or empty.")
  var out: String?

  @Option(
    help: """
      Run folder to continue with its stored settings; only --workers, --cache and --cache-folder may \
      be given anew.
      """)
  var resume: String?

  @OptionGroup(title: "Settings")
  var options: SettingsOptions

  func run() throws {
    Interruption.watch()
    let observer = ConsoleObserver()
    let (trainer, setup) = try resume.map { try resumed($0, observer) } ?? started(observer)
    do { try trainer.run() } catch let error as TrainingError {
      // Nothing was trained: another try with more time may have the same folder.
      if case .timeTooShort = error, resume == nil {
        try? FileManager.default.removeItem(atPath: trainer.folder.path)
      }
      throw error
    }
    observer.clear()
    let folder = trainer.folder
    // The training is done whatever becomes of its report.
    defer { print("\(folder.path): best weights in \(folder.bestWeights)") }
    try RunReport(trainer, setup).write()
    Messages.note("report in \(folder.htmlReportFile) and \(folder.reportFile)")
  }

  private func started(_ observer: ConsoleObserver) throws -> (Trainer, TrainingSetup) {
    var settings = try ResolvedSettings(recipe: recipe, options: options.given)
    settings.fixThreads()
    try settings.fixPrecision()
    settings.anchorData()
    Engine.shared.threadCount = settings.values.threads
    let isNew = out.map { !FileManager.default.fileExists(atPath: $0) } ?? true
    let folder = try RunFolder.create(out, kind: "train")
    do {
      let run = try TrainingSetup(settings.values)
      for line in run.notes { observer.note(line) }
      run.describeInput(observer)
      try run.fitBatch(&settings, observer)
      let trainer = try Trainer(
        try run.parts(folder, observer), settings: settings,
        normalization: run.input?.format.normalization ?? .linear)
      if !settings.values.weights.isEmpty {
        try TrainingSetup.load(
          settings.values.weights, into: trainer, strict: settings.values.strict,
          observer: observer)
      }
      observer.note("writing to \(folder.path)")
      return (trainer, run)
    } catch {
      // Nothing came of it: a folder made here goes, being empty.
      if isNew { rmdir(folder.path) }
      throw error
    }
  }

  private func resumed(_ path: String, _ observer: ConsoleObserver) throws
    -> (Trainer, TrainingSetup)
  {
    let fixed =
      options.given.map(\.name).filter { !["workers", "cache", "cacheFolder"].contains($0) }
      + (recipe == nil ? [] : ["recipe"]) + (out == nil ? [] : ["out"])
    if let name = fixed.first { throw TrainingError.settingIsFixed(name: name, run: path) }
    let folder = RunFolder(path)
    var checkpoint = try RunCheckpoint.newest(of: folder, observer)
    try checkpoint.state.settings.override(options.given)
    let settings = checkpoint.state.settings.values
    Engine.shared.threadCount = settings.threads
    let run = try TrainingSetup(settings, modelYAML: checkpoint.state.modelYAML)
    for line in run.notes { observer.note(line) }
    try run.training.requireClasses(checkpoint.state.classNames)
    return (try Trainer(try run.parts(folder, observer), resuming: checkpoint), run)
  }
}
