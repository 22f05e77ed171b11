import Boxes
import Execution
import Networks

/// One thing to detect in a picture, in pixels of the network's input.
public struct Target: Hashable, Sendable {
  public var box: Box
  public var label: Int
  /// Crowd and ignore regions: predictions inside count neither as positive nor as negative.
  public var isIgnored: Bool

  public init(box: Box, label: Int, isIgnored: Bool = false) {
    self.box = box
    self.label = label
    self.isIgnored = isIgnored
  }
}

/// One detected object.
public struct Detection: Hashable, Sendable {
  public var box: Box
  public var label: Int
  public var score: Float

  public init(box: Box, label: Int, score: Float) {
    self.box = box
    self.label = label
    self.score = score
  }
}

/// What a loss was made of: shown while training and printed when it stops being finite.
public struct LossTerms: Hashable, Sendable {
  public var names: [String]
  /// Weighted, averaged as the head defines it; their sum is what is minimised.
  public var values: [Float]
  /// Positive samples (cells or anchors) in the batch.
  public var positives: Int
  /// Targets in the batch that got no positive sample.
  public var unmatchedTargets: Int

  public init(names: [String], values: [Float], positives: Int, unmatchedTargets: Int) {
    self.names = names
    self.values = values
    self.positives = positives
    self.unmatchedTargets = unmatchedTargets
  }

  public var total: Float { values.reduce(0, +) }
}

/// A network's raw results and, in training, where their gradients go: one entry for each of the
/// graph's outputs, `[N, C, H, W]`.
public struct HeadOutputs {
  /// Keeps the values alive.
  private var owner: (any Plan<Float>)?
  package var batch: Int
  package var shapes: [Shape]
  package var values: [UnsafePointer<Float>]
  /// Empty outside training; overwritten entirely by the loss.
  package var gradients: [UnsafeMutablePointer<Float>]
  /// Of a head in two stages: each picture's regions, in the order of their slots.
  package var regions: [[Region]] = []
  /// Of the run; what the loss draws is keyed by them.
  public var arguments = RunArguments()

  package init(
    batch: Int, shapes: [Shape], values: [UnsafePointer<Float>],
    gradients: [UnsafeMutablePointer<Float>] = [], of owner: (any Plan<Float>)? = nil
  ) {
    self.owner = owner
    self.batch = batch
    self.shapes = shapes
    self.values = values
    self.gradients = gradients
  }
}

extension HeadOutputs {
  /// Turns the loss's gradient round.
  package func negateGradients() {
    for (gradient, shape) in zip(gradients, shapes) {
      for index in 0..<batch * shape.count { gradient[index].negate() }
    }
  }
}

/// The part of a detector that turns features into boxes: it traces its layers, and computes loss
/// and boxes from their outputs outside the graph.
package protocol DetectionHead: Codable, Hashable, Sendable {
  /// Traces the head over the levels' features and marks the outputs.
  ///
  /// - Parameter strides: pixels of the input to a cell of each level.
  func trace(_ levels: [Value], strides: [Int], classCount: Int)

  /// Shapes of the graph's inputs beside the picture.
  var furtherInputs: [Shape] { get }

  /// The plans that the network runs as.
  ///
  /// - Parameter picture: the shape of the network's input.
  func stages(of graph: Graph, picture: Shape, strides: [Int], mode: Mode) -> [NetworkStage]

  /// What of the graph goes by the picture alone, as receptive fields do.
  func pictureGraph(of graph: Graph) -> Graph

  /// - Parameter plans: of each of ``stages(of:picture:strides:mode:)``.
  func run(_ plans: [any Plan<Float>], _ context: RunContext) -> any DetectorRun

  /// The loss of a batch; writes its gradient into `outputs.gradients`.
  ///
  /// - Parameters:
  ///   - targets: of each picture in the batch.
  ///   - input: height and width of the network's input.
  func loss(
    _ outputs: HeadOutputs, targets: [[Target]], strides: [Int], classCount: Int, input: Extent
  ) -> LossTerms

  /// Which candidates learn which targets.
  var assigner: AssignerSettings { get }

  /// What training's assigner gives each target of each picture.
  ///
  /// - Parameter outputs: of an assigner that goes by geometry alone only the shapes are read.
  func census(
    _ outputs: HeadOutputs, targets: [[Target]], strides: [Int], classCount: Int
  ) -> [AssignmentCensus]

  /// Whether levels share convolutions, hence need the same channels.
  var isShared: Bool { get }

  /// Of ``isShared``: which setting asks for it, and what else could be set.
  var sharing: (key: String, remedy: String) { get }

  /// What has no effect beside the other settings.
  var idle: [IdleSetting] { get }

  /// - Parameter levels: how many there are.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(levels: Int) throws

  /// What depends on the levels that it is to predict on.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(strides: [Int]) throws

  /// What depends on the network that was traced.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func check(_ graph: Graph) throws

  /// As many boxes as ``decode(_:strides:classCount:input:minimumScore:)`` can find in a picture.
  ///
  /// - Parameter outputs: shapes of the head's outputs.
  func mostDetections(_ outputs: [Shape]) -> Int

  /// All boxes with a score of at least `minimumScore`, before suppression, one list a picture.
  func decode(
    _ outputs: HeadOutputs, strides: [Int], classCount: Int, input: Extent, minimumScore: Float
  ) -> [[Detection]]
}

extension DetectionHead {
  package func validate(strides: [Int]) throws {}
  package func check(_ graph: Graph) throws {}

  package var sharing: (key: String, remedy: String) { ("head.isShared", "set it to false") }

  package var furtherInputs: [Shape] { [] }

  package func stages(of graph: Graph, picture: Shape, strides: [Int], mode: Mode)
    -> [NetworkStage]
  {
    [NetworkStage(graph: graph, inputs: [picture])]
  }

  package func pictureGraph(of graph: Graph) -> Graph { graph }

  package func run(_ plans: [any Plan<Float>], _ context: RunContext) -> any DetectorRun {
    PlanRun(plans[0], mode: context.mode)
  }
}
