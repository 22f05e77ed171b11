import CBridge
import Networks

extension FastCompiler {
  /// A convolution's passes with input and output exchanged: forward is its gradient by the source, the
  /// gradient is its forward pass, and the weights' gradient is its own.
  func emitTransposedConvolution(_ node: Int, _ operation: TransposedConvolution) throws {
    let held = graph.nodes[node]
    let (input, parameter) = (held.inputs[0], held.parameters[0])
    var adjoint = Convolution(
      channels: shapes[input].channels, kernel: operation.window.kernel, groups: operation.groups,
      hasBias: false)
    adjoint.window = operation.window
    let primitive = try FastConvolution(
      adjoint, name: held.name, input: shapes[node], output: shapes[input], batch: batch,
      hasBias: false, isPlainSource: false, mode: .training, precision: precision,
      needsSourceGradient: true, fusion: Fusion())
    libraryBytes += FastConvolution.libraryBytes(.training)
    let weights = variables.parameters[parameter].baseAddress!
    let (x, result) = (denseValue(input), destination(node))
    let scratch = buffer(bytes: primitive.packedBytes(CB_BACKWARD_SOURCE))
    emit(
      node, "forward", primitive.implementation(CB_BACKWARD_SOURCE), details: "weights reordered",
      uses: [x.buffer, scratch], results: [result]
    ) { _ in
      primitive.backwardSource(
        gradient: x.pointer, weights: weights, scratch: scratch.pointer,
        sourceGradient: result.pointer)
    }
    backward.append { [self] in
      let gradient = takeGradient(node, dense: true)[0]
      emitTransposedWeights(node, primitive, gradient)
      guard let part = gradientPart(input) else { return }
      let packed = buffer(bytes: primitive.packedBytes(CB_FORWARD))
      emit(
        node, "backward data", primitive.implementation(CB_FORWARD), details: "weights reordered",
        uses: [gradient.buffer, packed], results: [part]
      ) { _ in
        primitive.pack(weights, into: packed.pointer)
        primitive.forward(
          source: gradient.pointer, packed: packed.pointer, bias: nil, addend: nil,
          destination: part.pointer)
      }
    }
  }

  private func emitTransposedWeights(
    _ node: Int, _ primitive: FastConvolution, _ gradient: View
  ) {
    let held = graph.nodes[node]
    let isFirst = isFirstGradient(held.parameters[0])
    let target = variables.gradients[held.parameters[0]].baseAddress!
    let x = denseValue(held.inputs[0])
    let scratch = buffer(bytes: primitive.packedBytes(CB_BACKWARD_WEIGHTS))
    emit(
      node, "backward weights", primitive.implementation(CB_BACKWARD_WEIGHTS),
      details: "gradient reordered", uses: [x.buffer, gradient.buffer, scratch]
    ) { arguments in
      primitive.backwardWeights(
        source: gradient.pointer, gradient: x.pointer, scratch: scratch.pointer, biasScratch: nil,
        accumulates: !isFirst || arguments.accumulatesGradients, weights: target, bias: nil)
    }
  }
}
