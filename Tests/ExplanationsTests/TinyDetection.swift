import Datasets
import Detectors
import Execution
import Images
import Networks
import TestSupport

/// A small untrained network and small drawn pictures.
struct TinyDetection {
  let folder: TemporaryFolder
  let dataset: Dataset
  let detector: Detector

  /// - Parameters:
  ///   - minimumSize: of the drawn things, pixels of pictures of 64×64.
  ///   - change: of the head's settings.
  init(
    pictures: Int = 4, minimumSize: Double = 6, _ change: (inout PointHead) -> Void = { _ in }
  ) throws {
    // So small a network gains nothing from more threads.
    Engine.shared.threadCount = 1
    folder = try TemporaryFolder()
    var settings = ShapesGenerator.Settings()
    (settings.width, settings.height) = (64, 48)
    (settings.minimumSize, settings.maximumSize) = (minimumSize, 40)
    var drawn = ShapesFolder(ShapesGenerator(settings))
    (drawn.train, drawn.val) = (pictures, 1)
    dataset = try drawn.materialize(at: folder.file("data")).dataset(.train)
    var head = PointHead()
    head.channels = 32
    head.depth = 1
    // Scores around ½, so that something is found.
    head.classPrior = 0.5
    change(&head)
    detector = try Detector(
      DetectorDescription(
        settings: Self.model(head), names: dataset.classNames, trainingSize: Extent(64)), seed: 1)
  }

  private static func model(_ head: PointHead) -> ModelSettings {
    var backbone = CrossStageBackbone()
    backbone.stem = 16
    // Halves of 16 channels: with fewer, a 3×3 convolution has no fast kernel.
    backbone.widths = [32, 32, 32]
    backbone.depths = [1, 1, 1]
    backbone.attention.after = [16]
    backbone.poolsPyramid = false
    var neck = PathAggregation()
    neck.widths = [32, 32, 32]
    return ModelSettings(
      name: "tiny", strides: [4, 8, 16], backbone: .crossStage(backbone),
      neck: .pathAggregation(neck), head: .point(head))
  }
}
