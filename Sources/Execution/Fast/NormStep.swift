import CBridge
import Networks

/// The per-channel vectors of one normalisation, in the arena.
private struct NormVectors {
  let scale: Buffer
  let shift: Buffer
  let mean: Buffer
  let inverse: Buffer
  /// What the function learned.
  let learned: Buffer

  init(_ compiler: FastCompiler, channels: Int, learns: Bool) {
    scale = compiler.channelVector(channels)
    shift = compiler.channelVector(channels)
    mean = compiler.channelVector(channels)
    inverse = compiler.channelVector(channels)
    learned = compiler.channelVector(learns ? channels : 0)
  }

  var all: [Buffer] { [scale, shift, mean, inverse] }

  /// What the function's kernels read.
  var affine: [Buffer] { [scale, shift, learned] }
}

extension FastCompiler {
  func emitNorm(_ step: LoweredStep, _ fusion: Fusion) {
    let vectors = NormVectors(
      self, channels: shapes[step.node].channels, learns: fusion.learning != nil)
    let input = value(step.inputs[0])
    if let norm = fusion.norm, case .batchNorm(let operation) = graph.nodes[norm].operation {
      if mode == .training {
        emitStatistics(norm, operation, of: input, vectors)
      } else {
        emitRunning(norm, operation, vectors)
      }
    } else {
      emitUnit(step.node, vectors, channels: shapes[step.node].channels)
    }
    emitLearned(fusion, vectors)
    compute(
      step.node, "norm-forward", from: step.inputs, vectors.affine
    ) { inputs, result, second in
      let activation = cb_activation(fusion, vectors)
      let before = fusion.before.map { _ in inputs[1] }
      let after = fusion.after.map { _ in inputs[1] }
      cb_norm_forward(
        result.extent, inputs[0].bridged, vectors.scale.floats, vectors.shift.floats, activation,
        cb_view(before), cb_view(after), result.bridged, cb_view(second))
    }
    backward.append { [self] in emitNormBackward(step, fusion, vectors) }
  }

  private func emitStatistics(
    _ node: Int, _ operation: BatchNorm, of input: View, _ vectors: NormVectors
  ) {
    let (parameters, buffers) = (graph.nodes[node].parameters, graph.nodes[node].buffers)
    let scratch = buffer(floats: cb_reduction_scratch(input.extent))
    let (weight, bias) = (variables.parameters[parameters[0]], variables.parameters[parameters[1]])
    let (mean, variance) = (variables.buffers[buffers[0]], variables.buffers[buffers[1]])
    let count = Float(batch * input.shape.area)
    emit(node, "forward", "norm-statistics", uses: [input.buffer, scratch] + vectors.all) { _ in
      let (means, variances) = (vectors.mean.floats, vectors.inverse.floats)
      cb_norm_statistics(input.extent, input.bridged, scratch.floats, means, variances)
      let unbiased = count > 1 ? count / (count - 1) : 1
      let (scale, shift) = (vectors.scale.floats, vectors.shift.floats)
      for channel in weight.indices {
        mean[channel] += operation.momentum * (means[channel] - mean[channel])
        variance[channel] +=
          operation.momentum * (variances[channel] * unbiased - variance[channel])
        let inverse = 1 / (variances[channel] + operation.epsilon).squareRoot()
        variances[channel] = inverse
        scale[channel] = weight[channel] * inverse
        shift[channel] = bias[channel] - means[channel] * scale[channel]
      }
      clearTail([vectors.scale, vectors.shift, vectors.mean, vectors.inverse], from: weight.count)
    }
  }

  private func emitRunning(_ node: Int, _ operation: BatchNorm, _ vectors: NormVectors) {
    let held = graph.nodes[node]
    emit(node, "forward", "norm-running", uses: [vectors.scale, vectors.shift]) { [variables] _ in
      let (scales, shifts) = variables.inferenceAffine(operation, held)
      for channel in scales.indices {
        vectors.scale.floats[channel] = scales[channel]
        vectors.shift.floats[channel] = shifts[channel]
      }
      clearTail([vectors.scale, vectors.shift], from: scales.count)
    }
  }

  /// Scale 1 and shift 0: the norm's kernels then compute the function alone.
  private func emitUnit(_ node: Int, _ vectors: NormVectors, channels: Int) {
    emit(node, "forward", "unit-scale", uses: [vectors.scale, vectors.shift]) { _ in
      vectors.scale.floats.update(repeating: 1, count: View.padded(channels))
      vectors.shift.floats.update(repeating: 0, count: View.padded(channels))
    }
  }

  /// Copies what a function learned to where whole blocks can be read.
  private func emitLearned(_ fusion: Fusion, _ vectors: NormVectors) {
    guard let node = fusion.learning else { return }
    let values = variables.parameters[graph.nodes[node].parameters[0]]
    emit(node, "forward", "learned-numbers", uses: [vectors.learned]) { _ in
      vectors.learned.floats.update(from: values.baseAddress!, count: values.count)
      clearTail([vectors.learned], from: values.count)
    }
  }

  private func emitLearnedGradient(
    _ fusion: Fusion, _ vectors: NormVectors, _ reads: [Buffer], input: View, pieces: [View],
    before: View?
  ) {
    guard let node = fusion.learning else { return }
    let parameter = graph.nodes[node].parameters[0]
    let isFirst = isFirstGradient(parameter)
    let target = variables.gradients[parameter]
    let scratch = buffer(floats: cb_reduction_scratch(input.extent))
    let sums = channelVector(input.shape.channels)
    let second = pieces.count > 1 ? pieces[1] : nil
    emit(
      node, "backward parameters", "learned-numbers",
      uses: reads + vectors.affine + [scratch, sums]
    ) { arguments in
      cb_norm_backward_learned(
        input.extent, input.bridged, pieces[0].bridged, cb_view(second), cb_view(before),
        vectors.scale.floats, vectors.shift.floats, cb_activation(fusion, vectors),
        scratch.floats, sums.floats)
      let keeps = !isFirst || arguments.accumulatesGradients
      for channel in target.indices {
        target[channel] = (keeps ? target[channel] : 0) + sums.floats[channel]
      }
    }
  }

  private func emitNormBackward(
    _ step: LoweredStep, _ fusion: Fusion, _ vectors: NormVectors
  ) {
    let pieces = takeGradient(step.node, most: fusion.after == nil ? 2 : 1)
    if let after = fusion.after, needsGradient[after] { gradientPieces[after] += pieces }
    let second = pieces.count > 1 ? pieces[1] : nil
    let (input, before) = (value(step.inputs[0]), fusion.before.map(value))
    let beforeGradient = fusion.before.flatMap { gradientPart($0) }
    let channels = input.shape.channels
    let (byX, constant) = (channelVector(channels), channelVector(channels))
    let reads = [input, pieces[0], second, before].compactMap { $0?.buffer }
    emitLearnedGradient(fusion, vectors, reads, input: input, pieces: pieces, before: before)
    if let norm = fusion.norm {
      let scratch = buffer(floats: cb_reduction_scratch(input.extent))
      emit(
        norm, "backward reduction", "norm-backward-reduce",
        uses: reads + vectors.all + [vectors.learned, scratch, byX, constant]
      ) { _ in
        let activation = cb_activation(fusion, vectors)
        cb_norm_backward_reduce(
          input.extent, input.bridged, pieces[0].bridged, cb_view(second), cb_view(before),
          vectors.scale.floats, vectors.shift.floats, vectors.mean.floats, vectors.inverse.floats,
          activation, scratch.floats, constant.floats, byX.floats)
      }
      emitNormParameters(norm, count: Float(batch * input.shape.area), vectors, byX, constant)
    } else {
      emit(step.node, "backward", "no-reduction", uses: [byX, constant]) { _ in
        byX.floats.update(repeating: 0, count: View.padded(channels))
        constant.floats.update(repeating: 0, count: View.padded(channels))
      }
    }
    guard let result = normInputGradient(step) else { return }
    emit(
      step.node, "backward", "norm-backward-apply",
      uses: reads + vectors.affine + [byX, constant],
      results: [result, beforeGradient].compactMap { $0 }
    ) { _ in
      let activation = cb_activation(fusion, vectors)
      cb_norm_backward_apply(
        input.extent, input.bridged, pieces[0].bridged, cb_view(second), cb_view(before),
        vectors.scale.floats, vectors.shift.floats, byX.floats, constant.floats, activation,
        result.bridged, cb_view(beforeGradient))
    }
  }

  /// Where the gradient of the norm's input goes: over the input itself if nobody reads it again.
  private func normInputGradient(_ step: LoweredStep) -> View? {
    let input = step.inputs[0]
    guard needsGradient[input] else { return nil }
    if case .convolution = producer(input)?.kind, value(input).isDense,
      consumers(input).count == 1
    {
      gradientPieces[input].append(value(input))
      return value(input)
    }
    return gradientPart(input)
  }

  /// The gradients of γ and β, and the vectors that the last pass over memory needs. On entry
  /// `constant` holds Σdz and `byX` holds Σdz·x̂.
  private func emitNormParameters(
    _ node: Int, count: Float, _ vectors: NormVectors, _ byX: Buffer, _ constant: Buffer
  ) {
    let parameters = graph.nodes[node].parameters
    let isFirst = isFirstGradient(parameters[0])
    let weight = variables.gradients[parameters[0]]
    let bias = variables.gradients[parameters[1]]
    emit(
      node, "backward parameters", "norm-parameters", uses: vectors.all + [byX, constant]
    ) { arguments in
      let keeps: Float = !isFirst || arguments.accumulatesGradients ? 1 : 0
      for channel in weight.indices {
        let (sum, product) = (constant.floats[channel], byX.floats[channel])
        weight[channel] = (keeps == 0 ? 0 : weight[channel]) + product
        bias[channel] = (keeps == 0 ? 0 : bias[channel]) + sum
        let scale = vectors.scale.floats[channel]
        let slope = -scale * vectors.inverse.floats[channel] * product / count
        byX.floats[channel] = slope
        constant.floats[channel] = -scale * sum / count - slope * vectors.mean.floats[channel]
      }
    }
  }
}

extension cb_activation {
  fileprivate init(_ fusion: Fusion, _ vectors: NormVectors) {
    self.init(
      fusion.function, learned: fusion.learning == nil ? nil : vectors.learned.floats)
  }
}

/// Vectors cover whole channel blocks; the channels that do not exist stay zero.
private func clearTail(_ buffers: [Buffer], from count: Int) {
  for buffer in buffers {
    for channel in count..<View.padded(count) { buffer.floats[channel] = 0 }
  }
}
