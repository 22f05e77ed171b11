import CBridge
import Execution
import Networks

/// How a step's work is cut into pieces, and what is done to each.
struct StepSpans {
  let spans: [cb_span]
  /// Different treatments; a span's group is an index here.
  private let treatments: [ParameterTreatment]

  /// Most elements of a span.
  private static let limit = 16384

  /// Tensors that follow each other and are treated alike, cut into pieces; frozen ones are in none.
  ///
  /// - Parameter joinsTensors: whether a span may hold several.
  init(
    _ parameters: [TensorSpecification], _ each: [ParameterTreatment], joinsTensors: Bool
  ) {
    // Of the layout alone: what is never touched takes no memory.
    let store = TensorStore<Float>(parameters)
    var spans: [cb_span] = []
    var treatments: [ParameterTreatment] = []
    for index in parameters.indices where !each[index].isFrozen {
      let group = treatments.firstIndex(of: each[index]) ?? treatments.count
      if group == treatments.count { treatments.append(each[index]) }
      var begin = store.offsets[index]
      let end = index + 1 < store.offsets.count ? store.offsets[index + 1] : store.count
      if joinsTensors, let last = spans.last, last.end == begin, last.group == group,
        end - last.begin <= Self.limit
      {
        spans[spans.count - 1].end = end
        continue
      }
      while begin < end {
        let next = min(end, begin + Self.limit)
        spans.append(cb_span(begin: begin, end: next, group: group, tensor: index))
        begin = next
      }
    }
    self.spans = spans
    self.treatments = treatments
  }

  func withArrays(
    _ variables: Variables<Float>, _ average: TensorStore<Float>?, _ step: Optimizer.Step,
    _ body: (inout cb_step_arrays) -> Void
  ) {
    let groups = treatments.map { treatment in
      cb_step_group(
        rate: Float(step.learningRate * treatment.rateFactor), l1: Float(treatment.l1),
        l2: Float(treatment.l2), decay: Float(treatment.decay), adapts: treatment.adapts)
    }
    groups.withUnsafeBufferPointer { groups in
      spans.withUnsafeBufferPointer { spans in
        var arrays = cb_step_arrays(
          spans: spans.baseAddress, span_count: spans.count, groups: groups.baseAddress,
          values: variables.parameters.pointer, gradients: variables.gradients.pointer,
          average: average?.pointer, average_rate: Float(step.averageRate),
          gradient_scale: Float(step.gradientScale), gradient_clip: Float(step.gradientClip))
        body(&arrays)
      }
    }
  }
}
