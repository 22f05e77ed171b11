import CBridge
import Networks

extension FastCompiler {
  /// Statistics and result in one pass, a group at a time while it is in the cache.
  func emitGroupForward(
    _ step: LoweredStep, _ fusion: Fusion, _ operation: GroupNorm, _ vectors: NormVectors
  ) {
    let norm = bridged(fusion.norm!, operation)
    let inputs = step.inputs.map(value)
    let (result, second) = (destination(step.node), secondViews[step.node])
    let scratch = buffer(floats: cb_reduction_scratch(result.extent))
    emit(
      step.node, "forward", "group-norm-forward",
      uses: inputs.map(\.buffer) + vectors.all + [vectors.learned, scratch],
      results: [result, second].compactMap { $0 }
    ) { _ in
      let (before, after) = fusion.addends(inputs)
      cb_group_norm_forward(
        result.extent, norm, vectors.bridged(), cb_activation(fusion, vectors), inputs[0].bridged,
        cb_view(before), cb_view(after), result.bridged, cb_view(second), scratch.floats)
    }
  }

  /// All gradients in one pass, a group at a time; those of γ and β are then summed over images.
  func emitGroupBackward(
    _ step: LoweredStep, _ fusion: Fusion, _ operation: GroupNorm, _ vectors: NormVectors,
    _ gradient: NormGradient, _ slopes: (byX: Buffer, constant: Buffer)
  ) {
    let norm = bridged(fusion.norm!, operation)
    let parameters = graph.nodes[fusion.norm!].parameters
    let isFirst = isFirstGradient(parameters[0])
    let weightGradient = variables.gradients[parameters[0]]
    let biasGradient = variables.gradients[parameters[1]]
    let input = gradient.input
    let scratch = buffer(floats: cb_reduction_scratch(input.extent))
    let sums = buffer(bytes: vectors.scale.bytes)
    let products = buffer(bytes: vectors.scale.bytes)
    emit(
      step.node, "backward", "group-norm-backward",
      uses: gradient.reads + vectors.all
        + [vectors.learned, scratch, slopes.byX, slopes.constant, sums, products],
      results: gradient.results
    ) { [batch] arguments in
      cb_group_norm_backward(
        input.extent, norm, vectors.bridged(slopes), cb_activation(fusion, vectors),
        input.bridged, gradient.pieces[0].bridged, cb_view(gradient.second),
        cb_view(gradient.before), cb_view(gradient.result), cb_view(gradient.beforeResult),
        sums.floats, products.floats, scratch.floats)
      if isFirst && !arguments.accumulatesGradients {
        weightGradient.update(repeating: 0)
        biasGradient.update(repeating: 0)
      }
      for image in 0..<batch {
        for channel in weightGradient.indices {
          weightGradient[channel] += products.floats[image * vectors.stride + channel]
          biasGradient[channel] += sums.floats[image * vectors.stride + channel]
        }
      }
    }
  }

  private func bridged(_ node: Int, _ operation: GroupNorm) -> cb_group_norm {
    let parameters = graph.nodes[node].parameters.map { variables.parameters[$0] }
    let channels = parameters[0].count
    return cb_group_norm(
      channels: Int32(channels), groups: Int32(operation.groups(channels: channels)),
      epsilon: operation.epsilon, weight: parameters[0].baseAddress!,
      bias: parameters[1].baseAddress!)
  }
}
