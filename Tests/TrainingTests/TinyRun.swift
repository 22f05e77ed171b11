import Datasets
import Detectors
import Execution
import Foundation
import Networks
import Training

/// A small network on small drawn pictures: what end-to-end tests train.
struct TinyRun {
  /// Deleted with the run.
  let root: String
  let data: DataDescription
  /// Of training.
  var precision = Precision.f32
  /// What is trained.
  var model = Self.model

  init(train: Int, val: Int = 4, size: Int = 64) throws {
    // So small a network gains nothing from more, and a busy machine makes them wait for each other.
    Engine.shared.threadCount = 1
    root =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("training-\(UUID().uuidString)").path
    var settings = ShapesGenerator.Settings()
    (settings.width, settings.height) = (size, size)
    (settings.minimumSize, settings.maximumSize) = (14, 40)
    var folder = ShapesFolder(ShapesGenerator(settings))
    (folder.train, folder.val) = (train, val)
    data = try folder.materialize(at: root + "/data")
  }

  /// Those that this processor has.
  static let precisions = Precision.allCases.filter { $0 == .f32 || Precision.isBFloat16Supported }

  func remove() { try? FileManager.default.removeItem(atPath: root) }

  static let model: ModelSettings = {
    var backbone = CrossStageBackbone()
    backbone.stem = 16
    // Halves of 16 channels: with fewer, a 3×3 convolution has no fast kernel.
    backbone.widths = [32, 32, 32]
    backbone.depths = [1, 1, 1]
    backbone.attention.after = [16]
    backbone.poolsPyramid = false
    var neck = PathAggregation()
    neck.widths = [32, 32, 32]
    var head = PointHead()
    head.channels = 32
    head.depth = 1
    return ModelSettings(
      name: "tiny", strides: [4, 8, 16], backbone: .crossStage(backbone),
      neck: .pathAggregation(neck), head: .point(head))
  }()

  static func settings(_ options: [(name: String, value: String)]) throws -> ResolvedSettings {
    let tiny = [
      (name: "size", value: "64"), (name: "batch", value: "4"), (name: "epochs", value: "3"),
      (name: "validateEvery", value: "2"), (name: "threads", value: "1"),
      (name: "emaTau", value: "10"),
    ].filter { standard in
      !options.contains {
        $0.name == standard.name || ($0.name, standard.name) == ("minutes", "epochs")
      }
    }
    return try ResolvedSettings(recipe: nil, options: tiny + options)
  }

  /// The same with what draws at random or depends on the step in its layers.
  static let noisyModel: ModelSettings = {
    var model = Self.model
    guard case .crossStage(var backbone) = model.backbone, case .point(var head) = model.head else {
      return model
    }
    backbone.drop = DropSettings(
      Dropout(.squares(side: 3), rate: 0.2, rampSteps: 6), after: [8])
    backbone.norm = NormSettings(
      .batch(
        BatchNorm(
          statistics: .renormalized(
            Renormalization(scale: 2, shift: 1, firstStep: 1, lastStep: 5)))))
    head.drop = DropSettings(Dropout(.elements, rate: 0.2))
    model.backbone = .crossStage(backbone)
    model.head = .point(head)
    return model
  }()

  func parts(_ folder: String, observer: any TrainingObserver = SilentObserver()) throws
    -> Trainer.Parts
  {
    let training = try data.dataset(.train)
    let folder = RunFolder(root + "/" + folder)
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    return Trainer.Parts(
      model: try TrainableDetector(model, classNames: training.classNames),
      training: training, validation: try data.dataset(.val), folder: folder,
      plans: .compiling(training: precision), observer: observer)
  }

  func trainer(
    _ folder: String, _ options: [(name: String, value: String)] = [],
    observer: any TrainingObserver = SilentObserver()
  ) throws -> Trainer {
    try Trainer(parts(folder, observer: observer), settings: try Self.settings(options))
  }

  func bytes(_ path: String) -> Data? { FileManager.default.contents(atPath: root + "/" + path) }
}

/// Keeps what it is told, and copies the run's folder at one step, as a crash there would leave it.
final class RecordingObserver: TrainingObserver {
  private(set) var notes: [String] = []
  private(set) var warnings: [String] = []
  private(set) var last: EpochSummary?
  private var steps = 0
  private let copy: (step: Int, from: String, to: String)?

  init(copy: (step: Int, from: String, to: String)? = nil) { self.copy = copy }

  func note(_ line: String) { notes.append(line) }
  func warn(_ line: String) { warnings.append(line) }
  func validating(_ done: Int, of total: Int) {}
  func epochEnded(_ summary: EpochSummary) { last = summary }

  func stepped(_ progress: StepProgress) {
    steps += 1
    if let copy, steps == copy.step {
      try? FileManager.default.copyItem(atPath: copy.from, toPath: copy.to)
    }
  }
}
