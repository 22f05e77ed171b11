import CBridge
import Execution
import Networks

/// How gradients change weights.
public enum OptimizerKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Stochastic gradient descent with Nesterov's momentum, as PyTorch formulates it: the learning
  /// rate scales the step, not the velocity.
  case sgd
  /// Loshchilov, Hutter: *Decoupled Weight Decay Regularization*, ICLR 2019, algorithm 2.
  case adamw

  /// Running means of gradients, each as large as the weights.
  var momentCount: Int { self == .sgd ? 1 : 2 }
}

/// One pass over all parameters: weight decay, momentum, the step, and the moving average.
///
/// Run its steps on the engine thread.
package final class Optimizer {
  /// What one step goes by.
  package struct Step {
    package var learningRate: Float
    /// SGD's momentum, or AdamW's β₁.
    package var momentum: Float
    package var weightDecay: Float
    /// The gradients are multiplied by it first: clipping, and the mean of accumulated batches.
    package var gradientScale: Float
    /// 1 − decay of the moving average.
    package var averageRate: Float

    package init(
      learningRate: Float, momentum: Float, weightDecay: Float, gradientScale: Float = 1,
      averageRate: Float = 0
    ) {
      self.learningRate = learningRate
      self.momentum = momentum
      self.weightDecay = weightDecay
      self.gradientScale = gradientScale
      self.averageRate = averageRate
    }
  }

  package let kind: OptimizerKind
  /// SGD: the velocity. AdamW: the first and the second moment.
  package let moments: [TensorStore<Float>]
  /// Steps taken; AdamW's bias correction counts them.
  package var count = 0

  private let spans: [cb_span]

  /// AdamW's β₂ and ε, the paper's.
  private static let beta2: Float = 0.999
  private static let epsilon: Float = 1e-8

  package init(_ kind: OptimizerKind, parameters: [TensorSpecification]) {
    self.kind = kind
    moments = (0..<kind.momentCount).map { _ in TensorStore(parameters) }
    spans = Optimizer.spans(moments[0])
  }

  package func step(
    _ variables: Variables<Float>, average: TensorStore<Float>? = nil, _ step: Step
  ) {
    count += 1
    spans.withUnsafeBufferPointer { spans in
      var arrays = cb_step_arrays(
        spans: spans.baseAddress, span_count: spans.count,
        values: variables.parameters.pointer, gradients: variables.gradients.pointer,
        average: average?.pointer, average_rate: step.averageRate,
        gradient_scale: step.gradientScale)
      switch kind {
      case .sgd:
        cb_sgd_step(
          &arrays, moments[0].pointer, step.learningRate, step.momentum, step.weightDecay, true)
      case .adamw:
        cb_adamw_step(
          &arrays, moments[0].pointer, moments[1].pointer, step.learningRate, step.momentum,
          Optimizer.beta2, Optimizer.epsilon, step.weightDecay, Int64(count))
      }
    }
  }

  /// Tensors that follow each other and agree on decay, cut into pieces of at most 16 Ki elements.
  private static func spans(_ store: TensorStore<Float>) -> [cb_span] {
    let limit = 16384
    var spans: [cb_span] = []
    for (index, specification) in store.specifications.enumerated() {
      var begin = store.offsets[index]
      let end = index + 1 < store.offsets.count ? store.offsets[index + 1] : store.count
      if let last = spans.last, last.decays == specification.decays, end - last.begin <= limit {
        spans[spans.count - 1].end = end
        continue
      }
      while begin < end {
        let next = min(end, begin + limit)
        spans.append(cb_span(begin: begin, end: next, decays: specification.decays))
        begin = next
      }
    }
    return spans
  }
}

extension TensorStore<Float> {
  /// Euclidean norm over all tensors, summed in double in an order of its own. On the engine thread.
  package var norm: Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: cb_squared_norm_blocks(count) + 1) {
      cb_squared_norm(pointer, count, $0.baseAddress).squareRoot()
    }
  }
}
