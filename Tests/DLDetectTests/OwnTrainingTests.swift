import DLDetect
import Foundation
import TestSupport
import Testing

/// Trainings that a program starts, as `dldetect train` does.
@Suite(.serialized) struct OwnTrainingTests {
  private final class Epochs: TrainingObserver {
    var summaries: [EpochSummary] = []
    var notes: [String] = []
    func note(_ line: String) { notes.append(line) }
    func warn(_ line: String) { notes.append(line) }
    func epochEnded(_ summary: EpochSummary) { summaries.append(summary) }
  }

  private func settings(_ folder: TemporaryFolder) throws -> TrainingSettings {
    var drawn = ShapesGenerator.Settings()
    (drawn.width, drawn.height, drawn.minimumSize, drawn.maximumSize) = (64, 64, 14, 40)
    var data = ShapesFolder(ShapesGenerator(drawn))
    (data.train, data.val) = (8, 4)
    var settings = TrainingSettings()
    settings.data = try data.materialize(at: folder.file("data")).file
    (settings.size, settings.batch, settings.epochs, settings.threads) = (64, 4, 1, 1)
    return settings
  }

  @Test func aTrainingLeavesADetector() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var settings = try settings(folder)
    settings.subset = .count(6)
    let observer = Epochs()

    let trainer = try Trainer(settings, folder: folder.file("run"), observer: observer)
    try trainer.run()
    #expect(observer.summaries.map(\.epoch) == [0])
    #expect(observer.summaries[0].loss.isFinite && observer.summaries[0].validation != nil)
    for beginning in ["subset: 6 of 8", "writing to"] {
      #expect(observer.notes.contains { $0.hasPrefix(beginning) }, "\(beginning)")
    }

    let detector = try Detector.load(trainer.folder.bestWeights)
    #expect(detector.names == ShapesGenerator.classNames)
    let picture = ShapesGenerator().drawing(0)
    _ = try detector.detect(
      in: Picture(pixels: picture.pixels, width: picture.width, height: picture.height))

    let again = Epochs()
    try Trainer(resuming: trainer.folder.path, observer: again).run()
    #expect(again.notes.contains { $0.contains("is finished") })
  }

  /// Optimizers bring their rates, as on the command line, unless one was given.
  @Test func whatWasNotGivenFollows() throws {
    var settings = TrainingSettings()
    settings.optimizer = .sgd
    #expect(try ResolvedSettings(settings).values.learningRate == 0.01)
    settings.learningRate = 0.03
    let resolved = try ResolvedSettings(settings)
    #expect(resolved.values.learningRate == 0.03)
    #expect(resolved.source(of: "learningRate") == .program)
  }

  @Test func wrongSettingsAreNamed() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var settings = TrainingSettings()
    settings.batch = 0
    #expect {
      try Trainer(settings, folder: folder.file("run"), observer: SilentObserver())
    } throws: {
      "\($0)" == "settings: batch is '0', expected pictures, 1 … 4096, or auto"
    }
    settings.batch = 4
    settings.data = folder.file("none.yaml")
    #expect {
      try Trainer(settings, folder: folder.file("run"), observer: SilentObserver())
    } throws: {
      "\($0)".contains("none.yaml")
    }
    // What was made for it is gone.
    #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
  }
}
