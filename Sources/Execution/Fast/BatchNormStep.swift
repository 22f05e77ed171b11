import CBridge
import Networks

/// What a batch norm's kernels are given: as scale and shift it is the same function whichever
/// statistics it has.
extension FastCompiler {
  func emitStatistics(
    _ node: Int, _ operation: BatchNorm, of input: View, _ vectors: NormVectors
  ) {
    let (parameters, buffers) = (graph.nodes[node].parameters, graph.nodes[node].buffers)
    let scratch = buffer(floats: cb_reduction_scratch(input.extent))
    let (weight, bias) = (variables.parameters[parameters[0]], variables.parameters[parameters[1]])
    let running = buffers.map { variables.buffers[$0] }
    let count = Float(batch * input.shape.area)
    emit(
      node, "forward", "norm-statistics", uses: [input.buffer, scratch] + vectors.all
    ) { arguments in
      let (means, variances) = (vectors.mean.floats, vectors.inverse.floats)
      cb_norm_statistics(input.extent, input.bridged, scratch.floats, means, variances)
      if case .renormalized(let bounds) = operation.statistics {
        operation.correct(
          running, bounds.bounds(step: arguments.step), means: means, variances: variances)
      }
      let unbiased = count > 1 ? count / (count - 1) : 1
      let (mean, variance) = (running[0], running[1])
      let (scale, shift) = (vectors.scale.floats, vectors.shift.floats)
      for channel in weight.indices {
        mean[channel] += operation.momentum * (means[channel] - mean[channel])
        variance[channel] +=
          operation.momentum * (variances[channel] * unbiased - variance[channel])
        let inverse = 1 / (variances[channel] + operation.epsilon).squareRoot()
        let (factor, summand) = operation.correction(running, channel)
        variances[channel] = inverse
        scale[channel] = weight[channel] * factor * inverse
        shift[channel] =
          bias[channel] + weight[channel] * summand - means[channel] * scale[channel]
      }
      clearTail([vectors.scale, vectors.shift, vectors.mean, vectors.inverse], from: weight.count)
    }
  }

  func emitRunning(_ node: Int, _ operation: BatchNorm, _ vectors: NormVectors) {
    let held = graph.nodes[node]
    emit(node, "forward", "norm-running", uses: [vectors.scale, vectors.shift]) { [variables] _ in
      variables.inferenceAffine(
        operation, held, scales: vectors.scale.floats, shifts: vectors.shift.floats)
      clearTail([vectors.scale, vectors.shift], from: held.channels)
    }
  }

  /// The gradients of γ and β, and the vectors that the last pass over memory needs. On entry
  /// `constant` holds Σdz and `byX` holds Σdz·x̂.
  func emitNormParameters(
    _ node: Int, _ operation: BatchNorm, count: Float, _ vectors: NormVectors,
    _ sums: (byX: Buffer, constant: Buffer)
  ) {
    let (byX, constant) = sums
    let parameters = graph.nodes[node].parameters
    let isFirst = isFirstGradient(parameters[0])
    let weight = variables.gradients[parameters[0]]
    let bias = variables.gradients[parameters[1]]
    let running = graph.nodes[node].buffers.map { variables.buffers[$0] }
    emit(
      node, "backward parameters", "norm-parameters", uses: vectors.all + [byX, constant]
    ) { arguments in
      let keeps: Float = !isFirst || arguments.accumulatesGradients ? 1 : 0
      for channel in weight.indices {
        let (sum, product) = (constant.floats[channel], byX.floats[channel])
        let (factor, summand) = operation.correction(running, channel)
        weight[channel] =
          (keeps == 0 ? 0 : weight[channel]) + factor * product + summand * sum
        bias[channel] = (keeps == 0 ? 0 : bias[channel]) + sum
        let scale = vectors.scale.floats[channel]
        let slope = -scale * vectors.inverse.floats[channel] * product / count
        byX.floats[channel] = slope
        constant.floats[channel] = -scale * sum / count - slope * vectors.mean.floats[channel]
      }
    }
  }
}

extension BatchNorm {
  /// The last r and d of a channel; 1 and 0 of plain norms.
  fileprivate func correction(_ buffers: [UnsafeMutableBufferPointer<Float>], _ channel: Int) -> (
    factor: Float, summand: Float
  ) {
    guard case .renormalized = statistics else { return (1, 0) }
    return (buffers[2][channel], buffers[3][channel])
  }

  /// Leaves r and d in their buffers.
  fileprivate func correct(
    _ buffers: [UnsafeMutableBufferPointer<Float>], _ bounds: (scale: Float, shift: Float),
    means: UnsafePointer<Float>, variances: UnsafePointer<Float>
  ) {
    for channel in buffers[0].indices {
      let inverse = 1 / (buffers[1][channel] + epsilon).squareRoot()
      let ratio = (variances[channel] + epsilon).squareRoot() * inverse
      let difference = (means[channel] - buffers[0][channel]) * inverse
      buffers[2][channel] = min(bounds.scale, max(1 / bounds.scale, ratio))
      buffers[3][channel] = min(bounds.shift, max(-bounds.shift, difference))
    }
  }
}

extension Variables<Float> {
  /// The factors and summands that a batch norm is in inference, and a frozen one always.
  func inferenceAffine(
    _ operation: BatchNorm, _ node: Graph.Node, scales: UnsafeMutablePointer<Float>,
    shifts: UnsafeMutablePointer<Float>
  ) {
    let held = node.buffers.map { buffers[$0] }
    let affine =
      operation.statistics == .frozen
      ? [held[2], held[3]] : node.parameters.map { parameters[$0] }
    for channel in 0..<node.channels {
      scales[channel] = affine[0][channel] / (held[1][channel] + operation.epsilon).squareRoot()
      shifts[channel] = affine[1][channel] - held[0][channel] * scales[channel]
    }
  }
}
