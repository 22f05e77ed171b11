import CBridge
import Networks

/// What a convolution reads: the caller's batch, or a value in the arena.
struct ConvolutionSource {
  var buffers: [Buffer]
  /// At run time.
  var pointer: () -> UnsafeRawPointer
}

extension FastCompiler {
  /// The convolution that a node is: a linear layer is one over a single cell.
  private func convolution(at node: Int) -> Convolution {
    switch graph.nodes[node].operation {
    case .convolution(let convolution): convolution
    case .linear(let linear):
      Convolution(channels: linear.channels, kernel: 1, hasBias: linear.hasBias)
    default: preconditionFailure("\(graph.nodes[node].name) is no convolution")
    }
  }

  func emitConvolution(_ step: LoweredStep, _ fusion: Fusion) throws {
    let operation = convolution(at: step.source)
    let input = step.inputs[0]
    let isPlain = plainInputs[input] != nil
    let primitive = try FastConvolution(
      operation, name: graph.nodes[step.source].name, input: shapes[input],
      output: shapes[step.node], batch: batch,
      hasBias: operation.hasBias || fusion.norm != nil || !fusion.others.isEmpty,
      isPlainSource: isPlain, mode: mode, precision: precision,
      needsSourceGradient: !isPlain && needsGradient[input], fusion: fusion)
    libraryBytes += FastConvolution.libraryBytes(mode)
    if mode == .inference {
      emitFolded(step, fusion, primitive)
    } else {
      emitTrained(step, primitive)
    }
  }

  private func source(_ input: Int) -> ConvolutionSource {
    if let plain = plainInputs[input] { return plain }
    let view = denseValue(input)
    return ConvolutionSource(buffers: [view.buffer]) { UnsafeRawPointer(view.pointer) }
  }

  private func emitFolded(
    _ step: LoweredStep, _ fusion: Fusion, _ primitive: FastConvolution
  ) {
    let folded = FoldedWeights(
      graph: graph,
      branches: [LinearBranch(convolution: step.source, norm: fusion.norm)] + fusion.others,
      variables: variables, primitive)
    reloads.append(folded.reload)
    ownBytes += folded.bytes
    let source = source(step.inputs[0])
    let addend = fusion.addend.map(denseValue)
    let result = destination(step.node)
    emit(
      step.node, "forward", primitive.implementation(CB_FORWARD), details: primitive.details,
      uses: source.buffers + [addend].compactMap { $0?.buffer }, results: [result]
    ) { _ in
      primitive.forward(
        source: source.pointer(), packed: folded.packed,
        bias: primitive.hasBias ? UnsafePointer(folded.bias) : nil, addend: addend?.pointer,
        destination: result.pointer)
    }
  }

  private func emitTrained(_ step: LoweredStep, _ primitive: FastConvolution) {
    let parameters = graph.nodes[step.source].parameters
    let weights = variables.parameters[parameters[0]].baseAddress!
    let bias = primitive.hasBias ? variables.parameters[parameters[1]].baseAddress! : nil
    let recipe: Recipe = { [self] pass, result, _ in
      let source = source(step.inputs[0])
      let packed = buffer(bytes: primitive.packedBytes(CB_FORWARD))
      emit(
        step.node, pass, primitive.implementation(CB_FORWARD),
        details: primitive.details + ", weights reordered", uses: source.buffers + [packed],
        results: [result]
      ) { _ in
        primitive.pack(weights, into: packed.pointer)
        primitive.forward(
          source: source.pointer(), packed: packed.pointer, bias: bias, addend: nil,
          destination: result.pointer)
      }
    }
    recipe("forward", destination(step.node), nil)
    if isCheaplyWidened(step) { recipes[step.node] = recipe }
    backward.append { [self] in
      let gradient = takeGradient(step.node, dense: true)[0]
      emitWeightsGradient(step, primitive, gradient)
      if plainInputs[step.inputs[0]] == nil, let part = gradientPart(step.inputs[0]) {
        let scratch = buffer(bytes: primitive.packedBytes(CB_BACKWARD_SOURCE))
        emit(
          step.node, "backward data", primitive.implementation(CB_BACKWARD_SOURCE),
          details: "weights reordered", uses: [gradient.buffer, scratch], results: [part]
        ) { _ in
          primitive.backwardSource(
            gradient: gradient.pointer, weights: weights, scratch: scratch.pointer,
            sourceGradient: part.pointer)
        }
      }
    }
  }

  private func emitWeightsGradient(
    _ step: LoweredStep, _ primitive: FastConvolution, _ gradient: View
  ) {
    let parameters = graph.nodes[step.source].parameters
    let isFirst = isFirstGradient(parameters[0])
    let weights = variables.gradients[parameters[0]].baseAddress!
    let bias = primitive.hasBias ? variables.gradients[parameters[1]].baseAddress! : nil
    let source = source(step.inputs[0])
    let scratch = buffer(bytes: primitive.packedBytes(CB_BACKWARD_WEIGHTS))
    let biasScratch = primitive.hasBias ? channelVector(shapes[step.node].channels) : nil
    emit(
      step.node, "backward weights", primitive.implementation(CB_BACKWARD_WEIGHTS),
      details: "gradient reordered",
      uses: source.buffers + [gradient.buffer, scratch] + [biasScratch].compactMap { $0 }
    ) { arguments in
      primitive.backwardWeights(
        source: source.pointer(), gradient: gradient.pointer, scratch: scratch.pointer,
        biasScratch: biasScratch?.floats,
        accumulates: !isFirst || arguments.accumulatesGradients, weights: weights, bias: bias)
    }
  }
}
