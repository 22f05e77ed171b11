import CBridge
import Networks

extension FastCompiler {
  /// Statistics and result in one pass, a group at a time while it is in the cache.
  func emitGroupForward(
    _ step: LoweredStep, _ fusion: Fusion, _ operation: GroupNorm, _ vectors: NormVectors
  ) {
    let parameters = graph.nodes[fusion.norm!].parameters.map { variables.parameters[$0] }
    let inputs = step.inputs.map(value)
    let (result, second) = (destination(step.node), secondViews[step.node])
    let scratch = buffer(floats: cb_reduction_scratch(result.extent))
    let channels = parameters[0].count
    let norm = cb_group_norm(
      channels: Int32(channels), groups: Int32(operation.groups(channels: channels)),
      epsilon: operation.epsilon, weight: parameters[0].baseAddress!,
      bias: parameters[1].baseAddress!)
    emit(
      step.node, "forward", "group-norm-forward",
      uses: inputs.map(\.buffer) + vectors.all + [vectors.learned, scratch],
      results: [result, second].compactMap { $0 }
    ) { _ in
      let (before, after) = fusion.addends(inputs)
      cb_group_norm_forward(
        result.extent, norm, inputs[0].bridged, scratch.floats, vectors.mean.floats,
        vectors.inverse.floats, vectors.scale.floats, vectors.shift.floats,
        cb_activation(fusion, vectors), cb_view(before), cb_view(after), result.bridged,
        cb_view(second))
    }
  }

  /// The gradients of γ and β, and the vectors that the last pass over memory needs. On entry
  /// `constant` holds Σdz and `byX` holds Σdz·x̂.
  func emitGroupParameters(
    _ node: Int, _ operation: GroupNorm, of shape: Shape, _ vectors: NormVectors, _ byX: Buffer,
    _ constant: Buffer
  ) {
    let parameters = graph.nodes[node].parameters
    let isFirst = isFirstGradient(parameters[0])
    let weight = variables.parameters[parameters[0]]
    let weightGradient = variables.gradients[parameters[0]]
    let biasGradient = variables.gradients[parameters[1]]
    let groups = GroupRuns(operation, channels: weight.count, batch: batch, vectors.stride)
    emit(
      node, "backward parameters", "norm-parameters", uses: vectors.all + [byX, constant]
    ) { arguments in
      if isFirst && !arguments.accumulatesGradients {
        weightGradient.update(repeating: 0)
        biasGradient.update(repeating: 0)
      }
      groups.forEachRun { run, channel in
        var (sum, product): (Float, Float) = (0, 0)
        for offset in 0..<run.count {
          let place = run.lowerBound + offset
          weightGradient[channel + offset] += byX.floats[place]
          biasGradient[channel + offset] += constant.floats[place]
          sum += weight[channel + offset] * constant.floats[place]
          product += weight[channel + offset] * byX.floats[place]
        }
        let count = Float(run.count * shape.area)
        let inverse = vectors.inverse.floats[run.lowerBound]
        let slope = -inverse * inverse * product / count
        let rest = -inverse * sum / count - slope * vectors.mean.floats[run.lowerBound]
        for place in run {
          byX.floats[place] = slope
          constant.floats[place] = rest
        }
      }
      groups.clearTails([byX, constant])
    }
  }
}

/// The runs of numbers in per-image vectors that belong to one group.
private struct GroupRuns {
  let channels: Int
  let count: Int
  let batch: Int
  let stride: Int

  init(_ operation: GroupNorm, channels: Int, batch: Int, _ stride: Int) {
    self.channels = channels
    count = operation.groups(channels: channels)
    self.batch = batch
    self.stride = stride
  }

  /// Calls `body` with each group's run and the first of its channels.
  func forEachRun(_ body: (_ run: Range<Int>, _ channel: Int) -> Void) {
    let size = channels / count
    for image in 0..<batch {
      for group in 0..<count {
        let first = image * stride + group * size
        body(first..<first + size, group * size)
      }
    }
  }

  func clearTails(_ buffers: [Buffer]) {
    for buffer in buffers {
      for image in 0..<batch {
        for place in image * stride + channels..<(image + 1) * stride { buffer.floats[place] = 0 }
      }
    }
  }
}
