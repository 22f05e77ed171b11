import Networks

/// A head that any graph can end in: it traces its layers, and computes loss and boxes from their
/// outputs.
///
/// ```swift
/// let graph = Graph.trace { image in … PointHead().trace(levels, strides: strides, classCount: 3) }
/// …
/// plan.forward(arguments)
/// let outputs = HeadOutputs(plan, isTraining: true)
/// let terms = head.loss(outputs, targets: targets, strides: strides, classCount: 3, input: 320)
/// plan.backward(arguments)
/// ```
///
/// Run it on the engine thread.
public protocol OneStageHead: Codable, Hashable, Sendable {
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for settings that no such head has.
  func validate(levels: Int) throws

  /// Traces the head over the levels' features and marks the outputs, two a level. Settings that
  /// ``validate(levels:)`` refuses are a bug.
  ///
  /// - Parameters:
  ///   - levels: `[N, Cᵢ, Hᵢ, Wᵢ]`
  ///   - strides: pixels of the input to a cell of each level: powers of two, which name the outputs,
  ///     `p3.class` and `p3.box` at stride 8.
  func trace(_ levels: [Value], strides: [Int], classCount: Int)

  /// The loss of a batch; writes its gradient into the plan's output gradients.
  ///
  /// - Parameters:
  ///   - outputs: of a plan in training whose outputs are the head's alone.
  ///   - targets: of each picture in the batch, boxes in pixels of the network's input.
  ///   - input: height and width of the network's input.
  func loss(
    _ outputs: HeadOutputs, targets: [[Target]], strides: [Int], classCount: Int, input: Extent
  ) -> LossTerms

  /// All boxes with a score of at least `minimumScore`, in pixels of the network's input and before
  /// `nonMaximumSuppression`, one list a picture.
  func decode(
    _ outputs: HeadOutputs, strides: [Int], classCount: Int, input: Extent, minimumScore: Float
  ) -> [[Detection]]
}

extension OneStageHead {
  func requireTraceable(_ levels: [Value], _ strides: [Int]) {
    requireValid { try validate(levels: levels.count) }
    precondition(
      levels.count == strides.count,
      "a stride for each of \(levels.count) levels is needed, got \(strides)")
    precondition(
      strides.allSatisfy { $0 > 0 && $0 & ($0 - 1) == 0 } && Set(strides).count == strides.count,
      "strides are different powers of two, got \(strides)")
  }
}
