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

  /// As kernels take them, `gradients` being those of backward passes.
  func bridged(_ gradients: (byX: Buffer, constant: Buffer)? = nil) -> cb_norm_vectors {
    cb_norm_vectors(
      stride: stride, scale: scale.floats, shift: shift.floats, mean: mean.floats,
      inverse_deviation: inverse.floats, by_x: gradients?.byX.floats,
      constant: gradients?.constant.floats)
  }
}

/// What a norm's backward kernels read and write.
struct NormGradient {
  let input: View
  let pieces: [View]
  let before: View?
  /// Where the gradients of the input and of `before` go.
  let result: View?
  let beforeResult: View?

  var second: View? { pieces.count > 1 ? pieces[1] : nil }
  var reads: [Buffer] { ([input, before].compactMap { $0 } + pieces).map(\.buffer) }
  var results: [View] { [result, beforeResult].compactMap { $0 } }
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
        result.extent, vectors.bridged(), cb_activation(fusion, vectors), inputs[0].bridged,
        cb_view(before), cb_view(after), result.bridged, cb_view(second))
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
    _ fusion: Fusion, _ vectors: NormVectors, _ gradient: NormGradient
  ) {
    guard let node = fusion.learning else { return }
    let parameter = graph.nodes[node].parameters[0]
    let isFirst = isFirstGradient(parameter)
    let target = variables.gradients[parameter]
    let input = gradient.input
    let scratch = buffer(floats: cb_reduction_scratch(input.extent))
    let sums = channelVector(input.shape.channels)
    emit(
      node, "backward parameters", "learned-numbers",
      uses: gradient.reads + vectors.affine + [scratch, sums]
    ) { arguments in
      cb_norm_backward_learned(
        input.extent, vectors.bridged(), cb_activation(fusion, vectors), input.bridged,
        gradient.pieces[0].bridged, cb_view(gradient.second), cb_view(gradient.before),
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
    let beforeResult = fusion.before.flatMap { gradientPart($0) }
    let gradient = NormGradient(
      input: value(step.inputs[0]), pieces: pieces, before: fusion.before.map(value),
      result: normInputGradient(step), beforeResult: beforeResult)
    emitLearnedGradient(fusion, vectors, gradient)
    let bytes = vectors.scale.bytes
    let sums = (byX: buffer(bytes: bytes), constant: buffer(bytes: bytes))
    let (input, second) = (gradient.input, gradient.second)
    switch fusion.norm.map({ graph.nodes[$0].operation }) {
    case .groupNorm(let operation):
      emitGroupBackward(step, fusion, operation, vectors, gradient, sums)
      return
    case .batchNorm(let operation) where usesBatch(operation):
      let scratch = buffer(floats: cb_reduction_scratch(input.extent))
      emit(
        fusion.norm!, "backward reduction", "norm-backward-reduce",
        uses: gradient.reads + vectors.all + [vectors.learned, scratch, sums.byX, sums.constant]
      ) { _ in
        cb_norm_backward_reduce(
          input.extent, vectors.bridged(sums), cb_activation(fusion, vectors), input.bridged,
          pieces[0].bridged, cb_view(second), cb_view(gradient.before), scratch.floats)
      }
      emitNormParameters(
        fusion.norm!, operation, count: Float(batch * input.shape.area), vectors, sums)
    default:
      emit(step.node, "backward", "no-reduction", uses: [sums.byX, sums.constant]) { _ in
        memset(sums.byX.pointer, 0, sums.byX.bytes)
        memset(sums.constant.pointer, 0, sums.constant.bytes)
      }
    }
    guard !gradient.results.isEmpty else { return }
    emit(
      step.node, "backward", "norm-backward-apply",
      uses: gradient.reads + vectors.affine + [sums.byX, sums.constant], results: gradient.results
    ) { _ in
      cb_norm_backward_apply(
        input.extent, vectors.bridged(sums), cb_activation(fusion, vectors), input.bridged,
        pieces[0].bridged, cb_view(second), cb_view(gradient.before), cb_view(gradient.result),
        cb_view(gradient.beforeResult))
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
