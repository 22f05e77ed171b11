import Datasets
import Detectors
import Execution
import Foundation
import Networks
import Testing
import Training

extension EngineTests {
  @Suite struct TrainerTests {
    private func finalFiles(_ run: TinyRun, _ folder: String) -> [Data?] {
      ["weights/last.safetensors", "weights/best.safetensors", "metrics.csv"].map {
        run.bytes("\(folder)/\($0)")
      }
    }

    /// What a crash leaves at any step, resumed, ends as the run that was never stopped: weights and
    /// metrics byte for byte. Other workers are no difference either.
    @Test(arguments: [1, 3, 4, 6], TinyRun.precisions)
    func resumedRunEndsTheSame(crash: Int, precision: Precision) throws {
      var run = try TinyRun(train: 12)
      run.precision = precision
      run.model = TinyRun.noisyModel
      defer { run.remove() }
      // With mosaic and several sizes, 3 batches in an epoch, a checkpoint after each step, the first
      // epoch on smaller pictures, dropouts, and norms that change with the step.
      let options = [
        (name: "earlyScale", value: "0.5"), (name: "earlyShare", value: "0.4"),
        (name: "checkpointSteps", value: "1"), (name: "multiScale", value: "0.5"),
        (name: "optimizer", value: crash % 2 == 0 ? "adamw" : "sgd"),
      ]
      let observer = RecordingObserver(
        copy: (crash, run.root + "/whole", run.root + "/crashed"))
      try run.trainer("whole", options, observer: observer).run()
      let folder = RunFolder(run.root + "/crashed")
      var checkpoint = try RunCheckpoint.newest(of: folder, observer)
      #expect(checkpoint.state.step == crash - 1)
      try checkpoint.state.settings.override([("workers", "1")])
      try Trainer(run.parts("crashed"), resuming: checkpoint).run()
      let expected = finalFiles(run, "whole")
      #expect(expected.allSatisfy { $0 != nil })
      #expect(finalFiles(run, "crashed") == expected)
      // A header and a record for each of three epochs, none of them twice.
      let events = try #require(EventsFile(run.root + "/crashed/tensorboard").path)
      let data = try Data(contentsOf: URL(fileURLWithPath: events))
      #expect(EventRecord.extent(of: data) == (data.count, 4))
    }

    private func attending(_ statistics: BatchNorm.Statistics) -> ModelSettings {
      var model = TinyRun.model
      guard case .crossStage(var backbone) = model.backbone else { return model }
      backbone.attention = AttentionSettings(.selectiveKernel(SelectiveKernel()), after: [8, 16])
      backbone.norm = NormSettings(.batch(BatchNorm(statistics: statistics)))
      model.backbone = .crossStage(backbone)
      return model
    }

    /// What one picture has for a channel behind a mean over height and width is one value. A batch
    /// that the epoch does not fill starts over.
    @Test func batchNormsWantMoreThanOneValue() throws {
      var run = try TinyRun(train: 3)
      defer { run.remove() }
      run.model = attending(.batch)
      for options in [[], [(name: "accumulation", value: "2")]] {
        let error = #expect(throws: TrainingError.self) {
          try run.trainer("one", [("batch", "1")] + options)
        }
        let text = "\(error!)"
        #expect(text.hasPrefix("option --batch: batch is '1', expected 2 or more: "), "\(text)")
        #expect(text.contains("of one picture of 64×64 the batch norm"), "\(text)")
        #expect(text.contains("backbone.stage2.sk.fuse.norm and 1 more"), "\(text)")
        #expect(!text.contains("\n"))
      }
      let observer = RecordingObserver()
      let trainer = try run.trainer("two", [("batch", "2"), ("epochs", "1")], observer: observer)
      try trainer.run()
      #expect(trainer.batchesPerEpoch == 2)
      #expect(!observer.warnings.contains { $0.contains("get no gradient") })
      run.model = attending(.frozen)
      #expect(throws: Never.self) { try run.trainer("frozen", [("batch", "1")]) }
    }

    @Test func sameSeedTwiceIsTheSameAndAnotherIsNot() throws {
      let run = try TinyRun(train: 8)
      defer { run.remove() }
      try run.trainer("a", [("workers", "1")]).run()
      try run.trainer("b", [("workers", "3")]).run()
      try run.trainer("c", [("seed", "1")]).run()
      #expect(finalFiles(run, "a") == finalFiles(run, "b"))
      #expect(finalFiles(run, "a")[0] != finalFiles(run, "c")[0])
    }

    @Test(arguments: TinyRun.precisions) func overfitsEightPictures(precision: Precision) throws {
      var run = try TinyRun(train: 12)
      run.precision = precision
      defer { run.remove() }
      let observer = RecordingObserver()
      let options = [
        (name: "epochs", value: "150"), (name: "validateEvery", value: "150"),
        (name: "mosaic", value: "0"), (name: "horizontalFlip", value: "0"),
        (name: "minimumScale", value: "1"), (name: "maximumScale", value: "1"),
        (name: "translation", value: "0"), (name: "hue", value: "0"),
        (name: "saturation", value: "0"), (name: "value", value: "0"),
        (name: "optimizer", value: "adamw"), (name: "learningRate", value: "0.005"),
        (name: "weightDecay", value: "0"), (name: "checkpointSeconds", value: "0"),
        (name: "emaDecay", value: "0.9"),
      ]
      var parts = try run.parts("run", observer: observer)
      // Every third picture is crowded: boxes there hide each other from suppression.
      parts.training = parts.training.selecting([0, 1, 3, 4, 6, 7, 9, 10])
      parts.validation = parts.training
      try Trainer(parts, settings: try TinyRun.settings(options)).run()
      let score = observer.last?.validation?.metrics.ap50 ?? 0
      #expect(score >= 0.99)
    }

    @Test func nonFiniteWeightStopsWithTheLayerAndThePictures() throws {
      let run = try TinyRun(train: 8)
      defer { run.remove() }
      let trainer = try run.trainer("run")
      let name = "backbone.stage2.down.conv.weight"
      let index = trainer.variables.parameters.index(of: name) ?? 8
      trainer.variables.parameters[index][0] = .nan
      do {
        try trainer.run()
        Issue.record("training went on")
      } catch TrainingError.nonFinite(let report) {
        #expect(report.layer?.contains("backbone.stage") == true)
        #expect(report.files.count == 4)
        #expect(!report.terms.names.isEmpty)
      }
    }

    @Test func accumulatedBatchesMakeOneStepEach() throws {
      let run = try TinyRun(train: 12)
      defer { run.remove() }
      let trainer = try run.trainer("run", [("accumulation", "2"), ("epochs", "2")])
      try trainer.run()
      // Three batches an epoch: a step of two and a step of one.
      #expect(trainer.state.step == 4)
    }

    @Test func patienceEndsTheRun() throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      let observer = RecordingObserver()
      let options = [
        (name: "epochs", value: "50"), (name: "validateEvery", value: "1"),
        (name: "patience", value: "2"), (name: "learningRate", value: "0"),
      ]
      let trainer = try run.trainer("run", options, observer: observer)
      try trainer.run()
      #expect(trainer.state.isFinished && trainer.state.epoch < 50)
      #expect(observer.notes.contains { $0.contains("stopped early") })
    }

    @Test func minutesFixTheEpochsAndLeaveTheRunAsWithEpochs() throws {
      let run = try TinyRun(train: 8)
      defer { run.remove() }
      let options = [("earlyScale", "0.5"), ("validateEvery", "1000")]
      let timed = try run.trainer("timed", options + [("minutes", "0.05")])
      try timed.run()
      let epochs = timed.state.settings.values.epochs
      #expect(epochs > 0)
      let given = try run.trainer("given", options + [("epochs", "\(epochs)")])
      try given.run()
      #expect(finalFiles(run, "timed")[0] == finalFiles(run, "given")[0])
    }

    @Test func earlyEpochsTrainOnSmallerPictures() throws {
      let run = try TinyRun(train: 8)
      defer { run.remove() }
      let observer = RecordingObserver()
      let trainer = try run.trainer(
        "run", [("epochs", "5"), ("earlyScale", "0.5"), ("earlyShare", "0.4")], observer: observer)
      let schedule = Trainer.schedule(
        trainer.state.settings.values, try run.data.dataset(.train), trainer.model)
      #expect((0..<5).map { schedule.size(epoch: $0, step: 0).width } == [32, 32, 64, 64, 64])
      try trainer.run()
      #expect(observer.notes.contains("2 epochs train at 32×32, the 3 after at 64×64"))
      // The nearest multiple of 32 is the whole size.
      let idle = RecordingObserver()
      try run.trainer("idle", [("epochs", "1"), ("earlyScale", "0.9")], observer: idle).run()
      #expect(idle.warnings.contains { $0.contains("earlyScale 0.9 has no effect") })
    }

    /// Without objects in the validation split there is no AP, and nothing to stop for.
    @Test func lastWeightsAreBestWhereThereIsNoAP() throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      let labels = run.root + "/data/labels/val"
      for name in try FileManager.default.contentsOfDirectory(atPath: labels) {
        try Data().write(to: URL(fileURLWithPath: "\(labels)/\(name)"))
      }
      let observer = RecordingObserver()
      try run.trainer(
        "run", [("epochs", "4"), ("validateEvery", "1"), ("patience", "1")], observer: observer
      ).run()
      #expect(observer.last?.epoch == 3)
      #expect(observer.warnings.contains { $0.contains("no objects to find") })
      let best = try #require(run.bytes("run/weights/best.safetensors"))
      #expect(best == run.bytes("run/weights/last.safetensors"))
    }

    @Test func startsFromWeightsOfTheSameModel() throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      try run.trainer("first").run()
      let weights = try SafeTensors(contentsOf: run.root + "/first/weights/last.safetensors")
      let second = try run.trainer("second")
      let report = try second.start(from: weights, isStrict: true)
      #expect(report.isComplete)
      #expect(weights.values(report.loaded[0]) == Array(second.variables.parameters[0]))
      #expect(Array(second.average.parameters[0]) == Array(second.variables.parameters[0]))
    }

    @Test func noObjectsAtAllIsAnError() throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      var parts = try run.parts("run")
      let empty = parts.training.selecting([])
      parts.training = empty
      #expect(throws: TrainingError.noTargets(data: "shapes")) {
        try Trainer(parts, settings: TinyRun.settings([]))
      }
    }
  }
}
