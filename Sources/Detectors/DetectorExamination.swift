import Boxes
import Execution
import Images
import Networks

/// All that a network says of one picture, before anything is left out.
package struct PictureExamination: Sendable {
  /// How the picture lies on the network's input.
  package var letterbox: Letterbox
  /// One for each class and candidate, classes slowest, whatever its score; boxes in pixels of the
  /// network's input. Candidates whose logit is no number are missing, as in detection.
  package var candidates: [Detection]
  /// Where a second stage looked, in pixels of the network's input; nil in one stage.
  package var proposals: [Box]?
  /// What training's assigner gives each target.
  package var census: AssignmentCensus
}

extension Detector {
  /// The network's input for a picture of the given size.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for a size that the model cannot take.
  package func canvas(width: Int, height: Int, options: DetectionOptions) throws -> Extent {
    let size = options.size ?? description.trainingSize
    try settings.checkSides(of: size)
    let canvas = options.canvas(
      pictureWidth: width, pictureHeight: height, size: size, multiple: settings.sizeMultiple)
    try settings.checkValues(of: graph, size: canvas)
    return canvas
  }

  /// Runs the network on a picture as ``detect(in:options:)`` does, and keeps what that leaves out.
  ///
  /// - Parameter targets: what is there, in pixels of the network's input.
  /// - Throws: see ``detect(in:options:)``.
  package func examine(
    _ picture: Picture, targets: [Target], options: DetectionOptions = DetectionOptions()
  ) throws -> PictureExamination {
    let (width, height) = (picture.originalWidth, picture.originalHeight)
    let canvas = try canvas(width: width, height: height, options: options)
    let letterbox = Letterbox(
      pictureWidth: width, pictureHeight: height, canvasWidth: canvas.width,
      canvasHeight: canvas.height)
    return try lock.withLock {
      let entry = try plans.entry(PlanCache.Key(batch: 1, size: canvas))
      try compose(picture, letterbox, into: entry.sample(0))
      return Engine.shared.run {
        let outputs = entry.forward()
        let candidates = settings.head.head.decode(
          outputs, strides: settings.strides, classCount: names.count, input: canvas,
          minimumScore: 0)
        return PictureExamination(
          letterbox: letterbox, candidates: candidates[0],
          proposals: outputs.regions.first?.map(\.box),
          census: census(outputs, [targets])[0])
      }
    }
  }

  /// What training's assigner, which must go by geometry alone, gives each target.
  ///
  /// - Parameters:
  ///   - targets: in pixels of the network's input.
  ///   - canvas: the network's input.
  package func geometricCensus(_ targets: [Target], canvas: Extent) -> AssignmentCensus {
    precondition(
      !settings.head.head.assigner.assigner.needsPredictions,
      "\(settings.head.head.assigner.name) goes by predictions, not by geometry alone")
    let shapes = graph.shapes(inputs: settings.inputs(of: graph, size: canvas))
    let outputs = HeadOutputs(batch: 1, shapes: graph.outputs.map { shapes[$0] }, values: [])
    return Engine.shared.run { census(outputs, [targets])[0] }
  }

  private func census(_ outputs: HeadOutputs, _ targets: [[Target]]) -> [AssignmentCensus] {
    settings.head.head.census(
      outputs, targets: targets, strides: settings.strides, classCount: names.count)
  }
}
