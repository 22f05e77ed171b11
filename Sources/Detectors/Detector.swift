import Boxes
import Execution
import Foundation
import Images
import Networks

/// A network with its weights that detects things in pictures.
///
/// ```swift
/// let detector = try Detector.load("best.safetensors")
/// let result = try detector.detect(in: try Picture.read(path: "street.jpg"))
/// for detection in result.detections { print(detector.names[detection.label], detection.box) }
/// ```
///
/// `@unchecked Sendable`: plans and their inputs are touched under `lock` only; callers from several
/// threads wait for each other.
public final class Detector: @unchecked Sendable {
  public let description: DetectorDescription
  public let graph: Graph
  package let variables: Variables<Float>
  let plans: PlanCache
  let lock = NSLock()

  /// Plans kept; a rectangular canvas has few shapes at one size.
  private static let planCount = 8

  public var settings: ModelSettings { description.settings }
  /// Class names in the order of labels.
  public var names: [String] { description.names }
  /// What it takes of pictures: `Picture.read(path:input:)` decodes them so.
  public var inputFormat: InputFormat { description.inputFormat }

  /// - Parameters:
  ///   - variables: shared, not copied; ``reloadVariables()`` after changing them.
  ///   - seed: of weights where no variables are given; nil: zeros, to be loaded.
  ///   - folds: as `compile` has it.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  package init(
    _ description: DetectorDescription, variables: Variables<Float>? = nil,
    seed: UInt64? = 0, precision: Precision = .f32, device: Device = .cpu, folds: Bool = true
  ) throws {
    let graph = try description.settings.graph(classCount: description.names.count)
    let variables = variables ?? Variables(graph, seed: seed)
    let arenas = StageArenas()
    self.description = description
    self.graph = graph
    self.variables = variables
    let (settings, classCount) = (description.settings, description.names.count)
    plans = PlanCache(capacity: Self.planCount) { key in
      try settings.run(of: graph, classCount: classCount, size: key.size, mode: .inference) {
        try compile(
          $0.graph, inputs: $0.inputs, batch: key.batch, mode: .inference, precision: precision,
          device: device, folds: folds, variables: variables, arena: arenas[$0.number])
      }
    }
  }

  package func reloadVariables() { lock.withLock { plans.reloadVariables() } }

  /// Finds things in one picture.
  ///
  /// Values of a picture of floats that are NaN or infinite count as their channel's lowest.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for a size that the model cannot take, an
  ///   error of images (as for a picture of other channels or another depth than
  ///   ``inputFormat``), or of execution.
  public func detect(in picture: Picture, options: DetectionOptions = DetectionOptions()) throws
    -> DetectionResult
  {
    try detect(in: [picture], options: options)[0]
  }

  /// Finds things in several pictures; those whose canvases agree go through the network together.
  ///
  /// - Throws: see ``detect(in:options:)``.
  public func detect(in pictures: [Picture], options: DetectionOptions = DetectionOptions()) throws
    -> [DetectionResult]
  {
    let canvases = try pictures.map {
      try canvas(width: $0.originalWidth, height: $0.originalHeight, options: options)
    }
    var results: [DetectionResult] = []
    var start = 0
    while start < pictures.count {
      let end = canvases[start...].firstIndex { $0 != canvases[start] } ?? pictures.count
      results += try lock.withLock {
        try detect(Array(pictures[start..<end]), on: canvases[start], options)
      }
      start = end
    }
    return results
  }

  private func detect(_ pictures: [Picture], on canvas: Extent, _ options: DetectionOptions) throws
    -> [DetectionResult]
  {
    let entry = try plans.entry(PlanCache.Key(batch: pictures.count, size: canvas))
    var watch = Stopwatch(share: pictures.count)
    let boxes = pictures.map {
      Letterbox(
        pictureWidth: $0.originalWidth, pictureHeight: $0.originalHeight,
        canvasWidth: canvas.width, canvasHeight: canvas.height)
    }
    for (index, letterbox) in boxes.enumerated() {
      try compose(pictures[index], letterbox, into: entry.sample(index))
    }
    var timings = DetectionTimings()
    timings.preprocess = watch.lap()
    let outputs = Engine.shared.run { entry.forward() }
    timings.network = watch.lap()
    let decoded = Engine.shared.run { decode(outputs, canvas, options) }
    let detections = zip(boxes, decoded).map(Self.toPicture)
    timings.postprocess = watch.lap()
    return detections.map { DetectionResult(detections: $0, timings: timings) }
  }

  /// Draws a picture into a plan's input.
  func compose(
    _ picture: Picture, _ letterbox: Letterbox, into sample: UnsafeMutablePointer<Float>
  ) throws {
    let picture = try picture.finite(inputFormat)
    try letterbox.recipe().compose(
      pictures: { _ in picture }, input: inputFormat, linearScale: description.pixelScale,
      into: sample)
  }

  private func decode(_ outputs: HeadOutputs, _ canvas: Extent, _ options: DetectionOptions)
    -> [[Detection]]
  {
    settings.head.head.decode(
      outputs, strides: settings.strides, classCount: names.count, input: canvas,
      minimumScore: options.minimumScore
    ).map(options.suppressed)
  }

  /// Boxes of the canvas in pixels of the picture, inside it.
  package static func toPicture(_ letterbox: Letterbox, _ detections: [Detection]) -> [Detection] {
    let bounds = Box(
      left: 0, top: 0, right: Float(letterbox.pictureWidth),
      bottom: Float(letterbox.pictureHeight))
    return detections.map { detection in
      var moved = detection
      moved.box = letterbox.toPicture(detection.box).clipped(to: bounds)
      return moved
    }
  }
}

extension HeadOutputs {
  /// The results of a plan's last forward pass, valid until the next; with `isTraining`, where their
  /// gradients go.
  public init(_ plan: any Plan<Float>, isTraining: Bool = false) {
    let indices = plan.outputShapes.indices
    self.init(
      batch: plan.batch, shapes: plan.outputShapes, values: indices.map { plan.output($0) },
      gradients: isTraining ? indices.map { plan.outputGradient($0) } : [], of: plan)
  }
}

/// Milliseconds between laps, divided by how many share them.
private struct Stopwatch {
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  private let share: Double

  init(share: Int) {
    start = clock.now
    self.share = Double(share)
  }

  mutating func lap() -> Double {
    let now = clock.now
    defer { start = now }
    return (now - start) / .milliseconds(1) / share
  }
}
