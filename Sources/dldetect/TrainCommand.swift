import ArgumentParser
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
    let trainer = try resume.map { try resumed($0, observer) } ?? started(observer)
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
    try RunReport(trainer).write()
    Messages.note("report in \(folder.htmlReportFile) and \(folder.reportFile)")
  }

  private func started(_ observer: ConsoleObserver) throws -> Trainer {
    try Trainer(
      ResolvedSettings(recipe: recipe, options: options.given), folder: out,
      sources: Self.sources, observer: observer)
  }

  private func resumed(_ path: String, _ observer: ConsoleObserver) throws -> Trainer {
    let fixed =
      options.given.map(\.name).filter { !["workers", "cache", "cacheFolder"].contains($0) }
      + (recipe == nil ? [] : ["recipe"]) + (out == nil ? [] : ["out"])
    if let name = fixed.first { throw TrainingError.settingIsFixed(name: name, run: path) }
    return try Trainer(
      resuming: path, options: options.given, sources: Self.sources, observer: observer)
  }

  private static let sources = TrainingSources(
    data: DataLoading.description, weights: WeightsChoice.tensors)
}
