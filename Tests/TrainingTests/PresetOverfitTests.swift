import Detectors
import Testing
import Training

extension EngineTests {
  /// The preset that others start from; `benchmarks/overfit_presets` has them all.
  @Suite struct PresetOverfitTests {
    @Test func nanoLearnsEightPicturesByHeart() throws {
      let run = try TinyRun(train: 12)
      defer { run.remove() }
      let observer = RecordingObserver()
      var parts = try run.parts("run", observer: observer)
      // Every third picture is crowded: boxes there hide each other from suppression.
      parts.training = parts.training.selecting([0, 1, 3, 4, 6, 7, 9, 10])
      parts.validation = parts.training
      parts.model = try TrainableDetector(
        Preset.nano.settings, classNames: parts.training.classNames)
      let off = [
        "mosaic", "horizontalFlip", "translation", "hue", "saturation", "value", "weightDecay",
        "checkpointSeconds",
      ].map { (name: $0, value: "0") }
      // Whole batches of the eight, so that batch norms' running statistics are those of training.
      let options = [
        (name: "batch", value: "8"), (name: "epochs", value: "200"),
        (name: "validateEvery", value: "200"),
        (name: "minimumScale", value: "1"), (name: "maximumScale", value: "1"),
        (name: "learningRate", value: "0.003"), (name: "emaDecay", value: "0.9"),
      ]
      try Trainer(parts, settings: try TinyRun.settings(options + off)).run()
      #expect(observer.last?.validation?.metrics.ap50 ?? 0 >= 0.95)
    }
  }
}
