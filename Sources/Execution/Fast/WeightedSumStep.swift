import CBridge
import Networks

/// Each input's share of a sum, by its weights of the moment; see ``WeightedSum``.
private struct Shares {
  private(set) var values: (Float, Float, Float, Float) = (0, 0, 0, 0)
  private(set) var divisor = Float(WeightedSum.epsilon)

  init(_ weights: UnsafeMutableBufferPointer<Float>) {
    for weight in weights { divisor += max(0, weight) }
    withUnsafeMutableBytes(of: &values) {
      let shares = $0.bindMemory(to: Float.self)
      for index in weights.indices { shares[index] = max(0, weights[index]) / divisor }
    }
  }

  subscript(index: Int) -> Float {
    withUnsafeBytes(of: values) { $0.bindMemory(to: Float.self)[index] }
  }

  func withPointer(_ body: (UnsafePointer<Float>) -> Void) {
    withUnsafeBytes(of: values) { body($0.bindMemory(to: Float.self).baseAddress!) }
  }
}

extension FastCompiler {
  func emitWeightedSum(_ node: Int) {
    let held = graph.nodes[node]
    let weights = variables.parameters[held.parameters[0]]
    compute(node, "weighted-sum", from: held.inputs) { inputs, result, _ in
      withUnsafeTemporaryAllocation(of: cb_view.self, capacity: inputs.count) { views in
        for (index, input) in inputs.enumerated() { views[index] = input.bridged }
        Shares(weights).withPointer {
          cb_weighted_sum_forward(
            result.extent, Int32(inputs.count), views.baseAddress!, $0, result.bridged)
        }
      }
    }
    backward.append { [self] in emitWeightedSumBackward(node, weights) }
  }

  private func emitWeightedSumBackward(_ node: Int, _ weights: UnsafeMutableBufferPointer<Float>) {
    let held = graph.nodes[node]
    let gradient = takeGradient(node)[0]
    let inputs = held.inputs.map(value)
    let parts = held.inputs.map(gradientPart)
    let scratch = buffer(floats: cb_weighted_sum_scratch(gradient.extent))
    let target = variables.gradients[held.parameters[0]]
    let isFirst = isFirstGradient(held.parameters[0])
    emit(
      node, "backward", "weighted-sum-backward",
      uses: inputs.map(\.buffer) + [gradient.buffer, scratch], results: parts.compactMap { $0 }
    ) { arguments in
      let shares = Shares(weights)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: inputs.count) { products in
        var mean = 0.0
        for index in inputs.indices {
          products[index] = cb_weighted_sum_backward(
            gradient.extent, inputs[index].bridged, shares[index], gradient.bridged,
            cb_view(parts[index]), scratch.floats)
          mean += Double(shares[index]) * products[index]
        }
        for index in inputs.indices {
          let own = weights[index] > 0 ? Float((products[index] - mean)) / shares.divisor : 0
          let kept = isFirst && !arguments.accumulatesGradients ? 0 : target[index]
          target[index] = kept + own
        }
      }
    }
  }
}
