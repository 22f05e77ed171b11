import Boxes
import Datasets
import Detectors
import Execution
import Foundation
import Testing
import Training

extension EngineTests {
  /// Whole runs with each optimizer and schedule.
  @Suite struct OptimizerRunTests {
    private func files(_ run: TinyRun, _ folder: String) -> [Data?] {
      ["weights/last.safetensors", "metrics.csv"].map { run.bytes("\(folder)/\($0)") }
    }

    /// A run that ended after a step, resumed, against one that never stopped.
    private func expectSameAfterResume(
      _ options: [(name: String, value: String)], crash: Int,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      var run = try TinyRun(train: 8)
      run.precision = .f32
      defer { run.remove() }
      let options = options + [("checkpointSteps", "1"), ("warmupEpochs", "0.5")]
      let observer = RecordingObserver(copy: (crash, run.root + "/whole", run.root + "/crashed"))
      try run.trainer("whole", options, observer: observer).run()
      let checkpoint = try RunCheckpoint.newest(of: RunFolder(run.root + "/crashed"), observer)
      #expect(checkpoint.state.step == crash - 1, sourceLocation: sourceLocation)
      try Trainer(run.parts("crashed"), resuming: checkpoint).run()
      #expect(files(run, "whole")[0] != nil, sourceLocation: sourceLocation)
      #expect(files(run, "whole") == files(run, "crashed"), sourceLocation: sourceLocation)
    }

    @Test(arguments: OptimizerKind.allCases)
    func resumedRunEndsTheSame(_ kind: OptimizerKind) throws {
      try expectSameAfterResume(
        [("optimizer", kind.rawValue), ("groups", "backbone.*: rateFactor=0.5")], crash: 4)
    }

    @Test(arguments: ScheduleKind.allCases)
    func resumedScheduleEndsTheSame(_ kind: ScheduleKind) throws {
      // The plateau is reached after each epoch, since no loss gets better by all of itself.
      try expectSameAfterResume(
        [
          ("schedule", kind.rawValue), ("restartEpochs", "1"), ("plateauMetric", "loss"),
          ("plateauPatience", "0"), ("plateauThreshold", "1"), ("epochs", "4"),
        ], crash: 6)
    }

    @Test(arguments: [("1000", true), ("0.001", false)])
    func floodingAboveTheFirstLossIsSaid(_ level: String, _ isSaid: Bool) throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      let observer = RecordingObserver()
      try run.trainer("run", [("flooding", level), ("epochs", "1")], observer: observer).run()
      let lines = observer.warnings.filter { $0.hasPrefix("flooding ") }
      #expect(lines.count == (isSaid ? 1 : 0), "\(observer.warnings)")
    }

    @Test func plateauLowersTheRateAndSaysSo() throws {
      let run = try TinyRun(train: 8)
      defer { run.remove() }
      let observer = RecordingObserver()
      let trainer = try run.trainer(
        "run",
        [
          ("schedule", "plateau"), ("plateauMetric", "loss"), ("plateauPatience", "0"),
          ("plateauThreshold", "1"), ("plateauFactor", "0.5"), ("warmupEpochs", "0"),
        ], observer: observer)
      try trainer.run()
      // The first epoch is the best; the second and the third cut.
      #expect(trainer.state.plateau?.factor == 0.25)
      #expect(trainer.learningRate(step: 5) == 0.25 * 0.002)
      #expect(observer.notes.filter { $0.contains("plateau") }.count == 2)
    }

    @Test func plateauWithoutAnAPIsRefused() throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      var parts = try run.parts("run")
      parts.validation = nil
      let settings = try TinyRun.settings([("schedule", "plateau")])
      do {
        _ = try Trainer(parts, settings: settings)
        Issue.record("it was taken")
      } catch { #expect("\(error)".contains("there is no validation split")) }
    }

    @Test func frozenBackboneStaysAndTheRestLearns() throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      let observer = RecordingObserver()
      let trainer = try run.trainer("run", [("groups", "backbone.*: freeze")], observer: observer)
      let store = trainer.variables.parameters
      let before = store.specifications.indices.map { Array(store[$0]) }
      try trainer.run()
      for (index, specification) in store.specifications.enumerated() {
        let isSame = Array(store[index]) == before[index]
        #expect(isSame == specification.name.hasPrefix("backbone."), "\(specification.name)")
      }
      #expect(observer.notes.contains { $0.hasPrefix("group backbone.*: ") })
    }

    /// Above any loss a flood turns every gradient round, below none it changes nothing.
    @Test func floodTurnsTheGradient() throws {
      Engine.shared.threadCount = 1
      let model = try TrainableDetector(TinyRun.model, classNames: ["disc", "square"])
      let input = model.graph.pictureShape(64)
      let pixels = (0..<input.count).map { Float($0 % 97) / 97 }
      let target = Target(box: Box(left: 10, top: 12, right: 40, bottom: 44), label: 1)
      func gradients(flooding: Float) throws -> [Float] {
        let variables = Variables<Float>(model.graph)
        let run = try PlanMaker.compiling(training: .f32)
          .run(model, size: 64, batch: 1, .training, variables)
        pixels.withUnsafeBufferPointer { pixels in
          Engine.shared.run {
            _ = model.pass(
              run, pixels: pixels.baseAddress!, targets: [[target]], size: 64, flooding: flooding,
              RunArguments())
          }
        }
        return variables.gradients.specifications.indices.flatMap {
          Array(variables.gradients[$0])
        }
      }
      let plain = try gradients(flooding: 0)
      #expect(plain.contains { $0 != 0 })
      #expect(try gradients(flooding: 1e6) == plain.map { -$0 })
      #expect(try gradients(flooding: 1e-6) == plain)
    }

    @Test(arguments: OptimizerKind.allCases) func standardRatesLowerTheLoss(_ kind: OptimizerKind)
      throws
    {
      let run = try TinyRun(train: 8)
      defer { run.remove() }
      let trainer = try run.trainer(
        "run",
        [
          ("optimizer", kind.rawValue), ("epochs", "12"), ("validateEvery", "12"), ("mosaic", "0"),
          ("closeMosaic", "0"),
        ])
      try trainer.run()
      let rows = String(decoding: try #require(run.bytes("run/metrics.csv")), as: UTF8.self)
        .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      let column = try #require(rows[0].firstIndex(of: "train_loss"))
      let losses = rows.dropFirst().compactMap { Double($0[column]) }
      #expect(losses.count == 12 && losses[11] < 0.95 * losses[0], "\(kind) \(losses)")
    }
  }
}
