import CBridge
import Foundation
import Networks

/// The vectors of one normalisation, in the arena: a number for each channel, of group norms for each
/// channel of each image.
struct NormVectors {
  let scale: Buffer
  let shift: Buffer
  let mean: Buffer
  let inverse: Buffer
  /// What the function learned.
  let learned: Buffer
  /// Floats from one image's numbers to the next one's; 0 where all have the same.
  let stride: Int

  init(_ compiler: FastCompiler, channels: Int, learns: Bool, isOfImages: Bool) {
    stride = isOfImages ? View.padded(channels) : 0
    let count = stride * compiler.batch
    func vector() -> Buffer {
      isOfImages ? compiler.buffer(floats: count) : compiler.channelVector(channels)
    }
    (scale, shift, mean, inverse) = (vector(), vector(), vector(), vector())
    learned = compiler.channelVector(learns ? channels : 0)
  }

  var all: [Buffer] { [scale, shift, mean, inverse] }

  /// What the function's kernels read.
  var affine: [Buffer] { [scale, shift, learned] }
}

extension FastCompiler {
  func emitNorm(_ step: LoweredStep, _ fusion: Fusion) {
    let channels = shapes[step.node].channels
    let vectors = NormVectors(
      self, channels: channels, learns: fusion.learning != nil,
      isOfImages: fusion.isOfImages(graph))
    emitLearned(fusion, vectors)
    let forward = recipe(step.node, "norm-forward", from: step.inputs, vectors.affine) {
      inputs, result, second, _ in
      let (before, after) = fusion.addends(inputs)
      cb_norm_forward(
        result.extent, vectors.stride, inputs[0].bridged, vectors.scale.floats,
        vectors.shift.floats, cb_activation(fusion, vectors), cb_view(before), cb_view(after),
        result.bridged, cb_view(second))
    }
    recipes[step.node] = forward
    backward.append { [self] in emitNormBackward(step, fusion, vectors) }
    switch fusion.norm.map({ graph.nodes[$0].operation }) {
    case .groupNorm(let operation):
      emitGroupForward(step, fusion, operation, vectors)
      return
    case .batchNorm(let operation) where usesBatch(operation):
      emitStatistics(fusion.norm!, operation, of: value(step.inputs[0]), vectors)
    case .batchNorm(let operation):
      emitRunning(fusion.norm!, operation, vectors)
    default:
      emitUnit(step.node, vectors, channels: channels)
    }
    forward("forward", destination(step.node), secondViews[step.node])
  }

  /// Whether a batch norm's statistics are those of what it normalises.
  private func usesBatch(_ operation: BatchNorm) -> Bool {
    mode == .training && operation.statistics != .frozen
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
        input.extent, vectors.stride, input.bridged, pieces[0].bridged, cb_view(second),
        cb_view(before), vectors.scale.floats, vectors.shift.floats,
        cb_activation(fusion, vectors), scratch.floats, sums.floats)
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
    let byX = buffer(bytes: vectors.scale.bytes)
    let constant = buffer(bytes: vectors.scale.bytes)
    let reads = [input, pieces[0], second, before].compactMap { $0?.buffer }
    emitLearnedGradient(fusion, vectors, reads, input: input, pieces: pieces, before: before)
    func reduce(_ norm: Int) {
      let scratch = buffer(floats: cb_reduction_scratch(input.extent))
      emit(
        norm, "backward reduction", "norm-backward-reduce",
        uses: reads + vectors.all + [vectors.learned, scratch, byX, constant]
      ) { _ in
        cb_norm_backward_reduce(
          input.extent, vectors.stride, input.bridged, pieces[0].bridged, cb_view(second),
          cb_view(before), vectors.scale.floats, vectors.shift.floats, vectors.mean.floats,
          vectors.inverse.floats, cb_activation(fusion, vectors), scratch.floats,
          constant.floats, byX.floats)
      }
    }
    switch fusion.norm.map({ graph.nodes[$0].operation }) {
    case .batchNorm(let operation) where usesBatch(operation):
      reduce(fusion.norm!)
      emitNormParameters(
        fusion.norm!, operation, count: Float(batch * input.shape.area), vectors, byX, constant)
    case .groupNorm(let operation):
      reduce(fusion.norm!)
      emitGroupParameters(fusion.norm!, operation, of: input.shape, vectors, byX, constant)
    default:
      emit(step.node, "backward", "no-reduction", uses: [byX, constant]) { _ in
        memset(byX.pointer, 0, byX.bytes)
        memset(constant.pointer, 0, constant.bytes)
      }
    }
    guard let result = normInputGradient(step) else { return }
    emit(
      step.node, "backward", "norm-backward-apply",
      uses: reads + vectors.affine + [byX, constant],
      results: [result, beforeGradient].compactMap { $0 }
    ) { _ in
      cb_norm_backward_apply(
        input.extent, vectors.stride, input.bridged, pieces[0].bridged, cb_view(second),
        cb_view(before), vectors.scale.floats, vectors.shift.floats, byX.floats, constant.floats,
        cb_activation(fusion, vectors), result.bridged, cb_view(beforeGradient))
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
}

extension cb_activation {
  init(_ fusion: Fusion, _ vectors: NormVectors) {
    self.init(
      fusion.function, learned: fusion.learning == nil ? nil : vectors.learned.floats)
  }
}

extension Fusion {
  /// The values that are added before and after the function, of a step's inputs.
  func addends(_ inputs: [View]) -> (before: View?, after: View?) {
    (before.map { _ in inputs[1] }, after.map { _ in inputs[1] })
  }

  /// Whether each image has statistics of its own.
  fileprivate func isOfImages(_ graph: Graph) -> Bool {
    if let norm, case .groupNorm = graph.nodes[norm].operation { true } else { false }
  }
}

/// Vectors cover whole channel blocks; the channels that do not exist stay zero.
func clearTail(_ buffers: [Buffer], from count: Int) {
  for buffer in buffers {
    for channel in count..<View.padded(count) { buffer.floats[channel] = 0 }
  }
}
