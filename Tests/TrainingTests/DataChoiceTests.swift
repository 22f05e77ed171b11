import Datasets
import Foundation
import Testing
import Training

@Suite struct DataChoiceTests {
  @Test func subsetIsAShareOrACount() {
    #expect(SubsetSize(setting: "0.1") == .share(0.1))
    #expect(SubsetSize(setting: "10%") == .share(0.1))
    #expect(SubsetSize(setting: "1") == .count(1))
    #expect(SubsetSize(setting: "250") == .count(250))
    #expect(SubsetSize(setting: "100%") == .all && SubsetSize(setting: "all") == .all)
    for text in ["0", "-3", "1.5", "0.0", "200%", "some", "%", "nan"] {
      #expect(SubsetSize(setting: text) == nil, "\(text)")
    }
    #expect(SubsetSize.share(0.001).pictures(of: 50) == 1)
    #expect(SubsetSize.share(0.25).pictures(of: 50) == 13)
  }

  @Test func foldIsOneOfSoMany() {
    #expect(FoldChoice(setting: "2/5") == .part(2, of: 5))
    #expect(FoldChoice(setting: "none") == FoldChoice.none)
    for text in ["0/5", "6/5", "1/1", "1/101", "2", "a/b", "1/2/3", "/2", ""] {
      #expect(FoldChoice(setting: text) == nil, "\(text)")
    }
  }

  @Test func settingsReadBackFromTheirYAML() throws {
    let options = [
      (name: "fold", value: "2/5"), (name: "subset", value: "10%"),
      (name: "sampler", value: "balanced"), (name: "balanceThreshold", value: "0.2"),
      (name: "dropLast", value: "true"),
    ]
    let settings = try ResolvedSettings(recipe: nil, options: options)
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("choice-\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try Data(settings.yaml.utf8).write(to: URL(fileURLWithPath: file))
    let again = try ResolvedSettings(recipe: file, options: [])
    #expect(again.values == settings.values)
    #expect(again.values.fold == .part(2, of: 5) && again.values.subset == .share(0.1))
    #expect(again.values.sampling.sampler == .balanced && again.values.dropLast)
  }
}

extension EngineTests {
  @Suite struct TrainingSplitsTests {
    private func settings(_ options: [(name: String, value: String)]) throws -> TrainingSettings {
      try TinyRun.settings(options).values
    }

    private func splits(_ run: TinyRun, _ options: [(name: String, value: String)]) throws
      -> TrainingSplits
    {
      try TrainingSplits(settings(options), training: run.data.dataset(.train)) {
        try run.data.dataset(.val)
      }
    }

    private func paths(_ dataset: Dataset?) -> Set<String> {
      Set(dataset?.samples.map(\.path) ?? [])
    }

    @Test func withoutAChoiceTheSplitsAreAsTheyAre() throws {
      let run = try TinyRun(train: 6)
      defer { run.remove() }
      let whole = try splits(run, [])
      #expect(whole.training.count == 6 && whole.validation?.count == 4 && whole.notes.isEmpty)
    }

    @Test func foldsAreTheParts() throws {
      let run = try TinyRun(train: 12)
      defer { run.remove() }
      // A copy, which must not be learned in one part and measured in the other.
      let images = run.root + "/data/images/train"
      let names = try FileManager.default.contentsOfDirectory(atPath: images).sorted()
      try FileManager.default.removeItem(atPath: "\(images)/\(names[7])")
      try FileManager.default.copyItem(
        atPath: "\(images)/\(names[2])", toPath: "\(images)/\(names[7])")
      let all = paths(try run.data.dataset(.train))
      var seen: Set<String> = []
      for part in 1...3 {
        let fold = try splits(run, [("fold", "\(part)/3")])
        let own = paths(fold.validation)
        #expect(paths(fold.training) == all.subtracting(own))
        #expect(seen.isDisjoint(with: own))
        #expect(
          own.contains("\(images)/\(names[2])") == own.contains("\(images)/\(names[7])"))
        seen.formUnion(own)
        #expect(fold.notes.count == 1 && fold.notes[0].hasPrefix("fold \(part) of 3: "))
        #expect(fold.notes[0].contains("1 copies stay with their originals"))
        #expect(try paths(splits(run, [("fold", "\(part)/3")]).validation) == own)
      }
      #expect(seen == all)
      #expect(
        sentenceOf { _ = try splits(run, [("fold", "1/12")]) }
          .contains("at most as many parts as the 11 different pictures"))
    }

    @Test func subsetsOfOneSeedLieInEachOther() throws {
      let run = try TinyRun(train: 12)
      defer { run.remove() }
      let small = try splits(run, [("subset", "3")])
      let large = try splits(run, [("subset", "0.5")])
      #expect(small.training.count == 3 && large.training.count == 6)
      #expect(paths(small.training).isSubset(of: paths(large.training)))
      #expect(small.notes[0].hasPrefix("subset: 3 of 12 training pictures, drawn by seed 0"))
      let order = large.training.samples.map(\.imageID)
      #expect(order == order.sorted())
      #expect(
        try paths(splits(run, [("subset", "0.5"), ("seed", "1")]).training)
          != paths(large.training))
      #expect(
        sentenceOf { _ = try splits(run, [("subset", "13")]) }
          .hasSuffix("expected at most the 12 pictures there are to train on"))
      // Of what a fold leaves to train on.
      #expect(try splits(run, [("fold", "1/3"), ("subset", "0.5")]).training.count == 4)
    }
  }

  @Suite struct SampledRunTests {
    private static let samplers = [
      [("sampler", "balanced"), ("balanceThreshold", "1")],
      [("sampler", "weighted"), ("dropLast", "true")],
      [("sampler", "undersampled"), ("classRatio", "1"), ("fold", "1/3")],
      [("sampler", "sequential"), ("subset", "0.9")],
    ].map { $0.map { (name: $0.0, value: $0.1) } }

    /// A run killed in the middle of an epoch ends as one that was not, whatever its sampler.
    @Test(arguments: samplers.indices) func resumedRunEndsTheSame(_ index: Int) throws {
      let run = try TinyRun(train: 14)
      defer { run.remove() }
      let options = Self.samplers[index] + [(name: "checkpointSteps", value: "1")]
      func parts(_ folder: String, _ observer: any TrainingObserver) throws -> Trainer.Parts {
        var parts = try run.parts(folder, observer: observer)
        let splits = try TrainingSplits(
          TinyRun.settings(options).values, training: parts.training
        ) { parts.validation }
        (parts.training, parts.validation) = (splits.training, splits.validation)
        return parts
      }
      let observer = RecordingObserver(copy: (3, run.root + "/whole", run.root + "/crashed"))
      let whole = try Trainer(parts("whole", observer), settings: TinyRun.settings(options))
      try whole.run()
      #expect(whole.state.step == 3 * whole.batchesPerEpoch)
      let checkpoint = try RunCheckpoint.newest(
        of: RunFolder(run.root + "/crashed"), observer)
      try Trainer(parts("crashed", SilentObserver()), resuming: checkpoint).run()
      for file in ["weights/last.safetensors", "metrics.csv"] {
        #expect(run.bytes("whole/\(file)") != nil)
        #expect(run.bytes("crashed/\(file)") == run.bytes("whole/\(file)"), "\(file)")
      }
      let says = observer.notes.contains {
        $0.hasPrefix("sampler \(whole.state.settings.values.sampling.sampler.rawValue)")
      }
      #expect(says == whole.state.settings.values.sampling.sampler.isRepeating)
    }

    @Test func lengthOfAnEpochIsThatOfTheSampler() throws {
      let run = try TinyRun(train: 14)
      defer { run.remove() }
      #expect(try run.trainer("a").batchesPerEpoch == 4)
      #expect(try run.trainer("b", [("dropLast", "true")]).batchesPerEpoch == 3)
      let repeated = try run.trainer("c", [("sampler", "oversampled"), ("classRatio", "1")])
      #expect(repeated.batchesPerEpoch > 4)
      #expect(repeated.schedule.totalSteps == 3 * repeated.batchesPerEpoch)
      #expect(
        sentenceOf { _ = try run.trainer("d", [("dropLast", "true"), ("batch", "16")]) }
          .hasSuffix("expected false, or a batch of at most the 14 pictures of an epoch"))
    }

    @Test func changedWeightsAreOtherData() throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      let file = run.root + "/weights.txt"
      let paths = try run.data.dataset(.train).samples.map(\.path)
      try Data("\(paths[0]) 5\n".utf8).write(to: URL(fileURLWithPath: file))
      let options = [
        (name: "sampler", value: "weighted"), (name: "sampleWeights", value: file),
        (name: "epochs", value: "1"),
      ]
      try run.trainer("run", options).run()
      try Data("\(paths[0]) 6\n".utf8).write(to: URL(fileURLWithPath: file))
      let checkpoint = try RunCheckpoint.newest(
        of: RunFolder(run.root + "/run"), SilentObserver())
      #expect(
        sentenceOf { _ = try Trainer(run.parts("run"), resuming: checkpoint) }
          .contains("boxes or weights differ"))
    }

    @Test func settingsWithoutEffectAreSaid() throws {
      let run = try TinyRun(train: 4)
      defer { run.remove() }
      let observer = RecordingObserver()
      try run.trainer(
        "run", [("epochs", "1"), ("classRatio", "3")], observer: observer
      ).run()
      #expect(
        observer.warnings.contains(
          "classRatio has no effect: sampler is random, not oversampled or undersampled"))
    }
  }
}

extension SamplerKind {
  fileprivate var isRepeating: Bool { self != .random && self != .sequential }
}

/// The sentence of the error that `body` throws; empty when it throws none.
private func sentenceOf(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return ""
}
