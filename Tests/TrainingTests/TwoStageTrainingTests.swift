import Datasets
import Detectors
import Execution
import Foundation
import Testing
import Training

extension EngineTests {
  /// A detector in two stages, trained by the same trainer as any other.
  @Suite struct TwoStageTrainingTests {
    private static let model: ModelSettings = {
      var backbone = ResidualBackbone()
      (backbone.widths, backbone.depths) = ([16, 32, 32], [1, 1, 1])
      var neck = FeaturePyramid()
      neck.channels = 32
      var head = TwoStageHead()
      head.proposals.channels = 32
      // Objects of 14 … 40 pixels.
      head.proposals.anchors.base = 4
      (head.regions.channels, head.regions.bins) = (64, 5)
      (head.regions.canonicalSide, head.regions.canonicalStride) = (32, 8)
      head.regions.sampling.count = 64
      head.proposals.selection.kept = 64
      return ModelSettings(
        name: "tiny two-stage", strides: [4, 8, 16], backbone: .residual(backbone),
        neck: .featurePyramid(neck), head: .twoStage(head))
    }()

    private func tiny(train: Int, _ precision: Precision = .f32) throws -> TinyRun {
      var run = try TinyRun(train: train)
      run.model = Self.model
      run.precision = precision
      return run
    }

    @Test(arguments: TinyRun.precisions) func overfitsEightPictures(precision: Precision) throws {
      let run = try tiny(train: 12, precision)
      defer { run.remove() }
      let observer = RecordingObserver()
      let options = [
        (name: "epochs", value: "80"), (name: "validateEvery", value: "80"),
        (name: "mosaic", value: "0"), (name: "horizontalFlip", value: "0"),
        (name: "minimumScale", value: "1"), (name: "maximumScale", value: "1"),
        (name: "translation", value: "0"), (name: "hue", value: "0"),
        (name: "saturation", value: "0"), (name: "value", value: "0"),
        (name: "optimizer", value: "adamw"), (name: "learningRate", value: "0.003"),
        (name: "weightDecay", value: "0"), (name: "checkpointSeconds", value: "0"),
        (name: "emaDecay", value: "0.9"),
      ]
      var parts = try run.parts("run", observer: observer)
      parts.training = parts.training.selecting([0, 1, 3, 4, 6, 7, 9, 10])
      parts.validation = parts.training
      try Trainer(parts, settings: try TinyRun.settings(options)).run()
      let score = observer.last?.validation?.metrics.ap50 ?? 0
      #expect(score >= 0.95)
    }

    /// What is drawn in both stages follows from the seed and the place in the run.
    @Test(arguments: [1, 3, 4]) func resumedRunEndsTheSame(crash: Int) throws {
      let run = try tiny(train: 12)
      defer { run.remove() }
      let options = [
        (name: "checkpointSteps", value: "1"), (name: "multiScale", value: "0.5"),
        (name: "epochs", value: "2"),
      ]
      let observer = RecordingObserver(
        copy: (crash, run.root + "/whole", run.root + "/crashed"))
      try run.trainer("whole", options, observer: observer).run()
      let checkpoint = try RunCheckpoint.newest(of: RunFolder(run.root + "/crashed"), observer)
      try Trainer(run.parts("crashed"), resuming: checkpoint).run()
      for file in ["weights/last.safetensors", "weights/best.safetensors", "metrics.csv"] {
        #expect(run.bytes("whole/\(file)") != nil)
        #expect(run.bytes("whole/\(file)") == run.bytes("crashed/\(file)"), "\(file)")
      }
    }

    @Test(arguments: ["backbone.stage2.0.conv1.conv.weight", "head.regions.layer0.weight"])
    func nonFiniteWeightStopsWithItsLayer(name: String) throws {
      let run = try tiny(train: 8)
      defer { run.remove() }
      let trainer = try run.trainer("run")
      let index = try #require(trainer.variables.parameters.index(of: name))
      trainer.variables.parameters[index][0] = .nan
      do {
        try trainer.run()
        Issue.record("training went on")
      } catch TrainingError.nonFinite(let report) {
        let layer = name.split(separator: ".").dropLast().joined(separator: ".")
        #expect(report.layer?.contains(layer) == true, "\(report.layer ?? "")")
      }
    }

    @Test func accumulatedBatchesDrawDifferentRegions() throws {
      let run = try tiny(train: 12)
      defer { run.remove() }
      let trainer = try run.trainer("run", [("accumulation", "2"), ("epochs", "2")])
      try trainer.run()
      #expect(trainer.state.step == 4)
    }
  }
}
