import Datasets
import Detectors
import Foundation
import Images
import Testing
import Training

@Suite(.serialized) struct NormalizedRunTests {
  @Test func checkpointAndWeightsHoldTheNormalization() throws {
    let run = try TinyRun(train: 8)
    defer { run.remove() }
    let parts = try run.parts("run")
    let settings = try TinyRun.settings([
      ("normalization", "standard"), ("epochs", "1"),
    ])
    let input = try TrainingInput(settings.values, parts.model.settings, parts.training)
    #expect(input.notes.count == 1 && input.warnings.isEmpty)
    let normalization = input.format.normalization
    #expect(normalization.kind == .standard && normalization.channels.count == 3)
    let trainer = try Trainer(parts, settings: settings, normalization: normalization)
    try trainer.run()
    let checkpoint = try RunCheckpoint.newest(of: trainer.folder, SilentObserver())
    #expect(checkpoint.state.normalization == normalization)
    let resumed = try Trainer(try run.parts("run"), resuming: checkpoint)
    #expect(resumed.inputFormat == input.format)
    let detector = try Detector.load(trainer.folder.lastWeights)
    #expect(detector.description.normalization == normalization)
    // The drawn pictures have other means than a half: linear gives other weights.
    let linear = try run.trainer("linear", [("epochs", "1")])
    try linear.run()
    #expect(run.bytes("run/metrics.csv") != run.bytes("linear/metrics.csv"))
  }

  @Test func percentilesReadAndWriteAsOneWord() {
    #expect(PercentileRange(setting: "0.5, 99.5") == PercentileRange(low: 0.5, high: 99.5))
    #expect(PercentileRange(low: 1, high: 99).setting == "1,99")
    for text in ["1", "1,2,3", "a,b", ""] { #expect(PercentileRange(setting: text) == nil) }
  }
}
