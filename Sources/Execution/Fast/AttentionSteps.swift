import CBridge
import Networks

extension FastCompiler {
  /// Whether a gate has one number a cell.
  func gatesCells(_ node: Int) -> Bool {
    let inputs = graph.nodes[node].inputs
    let (features, gate) = (shapes[inputs[0]], shapes[inputs[1]])
    return gate.channels == 1 && gate.height == features.height && gate.width == features.width
  }

  func emitCellGating(_ node: Int) {
    let inputs = graph.nodes[node].inputs
    compute(node, "cell-gate", from: inputs) { inputs, result, _ in
      cb_cell_gate_forward(result.extent, inputs[0].bridged, inputs[1].bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      let (x, gate) = (value(inputs[0]), value(inputs[1]))
      let part = gradientPart(inputs[0])
      let gatePart = gradientPart(inputs[1]) ?? freshView(shapes[inputs[1]])
      emit(
        node, "backward", "cell-gate-backward", uses: [x.buffer, gate.buffer, gradient.buffer],
        results: [part, gatePart].compactMap { $0 }
      ) { _ in
        cb_cell_gate_backward(
          x.extent, x.bridged, gate.bridged, gradient.bridged, cb_view(part), gatePart.bridged)
      }
    }
  }

  func emitSpatialMaximum(_ node: Int) {
    let input = graph.nodes[node].inputs[0]
    let (x, result) = (value(input), destination(node))
    let index = buffer(bytes: batch * View.padded(x.shape.channels) * MemoryLayout<Int32>.stride)
    emit(node, "forward", "maximum", uses: [x.buffer, index], results: [result]) { _ in
      cb_maximum_forward(x.extent, x.bridged, result.bridged, index.integers)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "maximum-backward", uses: [index, gradient.buffer], results: [part]
      ) { _ in
        cb_maximum_backward(part.extent, index.integers, gradient.bridged, part.bridged)
      }
    }
  }

  func emitChannelSummary(_ node: Int) {
    let input = graph.nodes[node].inputs[0]
    let (x, result) = (value(input), destination(node))
    let index = buffer(bytes: batch * x.shape.area * MemoryLayout<Int32>.stride)
    let channels = Int32(x.shape.channels)
    emit(node, "forward", "channel-summary", uses: [x.buffer, index], results: [result]) { _ in
      cb_channel_summary_forward(x.extent, channels, x.bridged, result.bridged, index.integers)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "channel-summary-backward", uses: [index, gradient.buffer],
        results: [part]
      ) { _ in
        cb_channel_summary_backward(
          part.extent, channels, index.integers, gradient.bridged, part.bridged)
      }
    }
  }

  /// Whether branches are whole channel blocks, or all channels are branches.
  func hasWholeBranches(_ node: Int, _ branches: Int?) -> Bool {
    guard let branches else { return true }
    return shapes[graph.nodes[node].inputs[0]].channels % (branches * View.block) == 0
  }

  func emitSoftmax(_ node: Int, _ softmax: Softmax) {
    let input = graph.nodes[node].inputs[0]
    let (x, result) = (value(input), destination(node))
    let (channels, branches) = (Int32(x.shape.channels), Int32(softmax.branches ?? 0))
    emit(node, "forward", "softmax", uses: [x.buffer], results: [result]) { _ in
      cb_softmax_forward(x.extent, channels, branches, x.bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      let y = value(node)
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "softmax-backward", uses: [y.buffer, gradient.buffer], results: [part]
      ) { _ in
        cb_softmax_backward(part.extent, branches, y.bridged, gradient.bridged, part.bridged)
      }
    }
  }

  func emitBranchSum(_ node: Int, _ sum: BranchSum) {
    let input = graph.nodes[node].inputs[0]
    let channels = shapes[node].channels
    func branch(_ view: View, _ index: Int) -> View {
      view.slice(first: index * channels, channels: channels)
    }
    compute(node, "add", from: [input]) { inputs, result, _ in
      cb_add(
        result.extent, branch(inputs[0], 0).bridged, branch(inputs[0], 1).bridged, result.bridged)
      for index in 2..<max(2, sum.branches) {
        cb_add(
          result.extent, result.bridged, branch(inputs[0], index).bridged, result.bridged)
      }
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(node, "backward", "copy", uses: [gradient.buffer], results: [part]) { _ in
        for index in 0..<sum.branches {
          cb_copy(gradient.extent, gradient.bridged, branch(part, index).bridged)
        }
      }
    }
  }

  func emitChannelFilter(_ node: Int, _ operation: ChannelConvolution) {
    let held = graph.nodes[node]
    let (input, parameter) = (held.inputs[0], held.parameters[0])
    let (x, result) = (value(input), destination(node))
    let (channels, taps) = (Int32(x.shape.channels), Int32(operation.kernel))
    let weight = variables.parameters[parameter].baseAddress!
    emit(node, "forward", "channel-filter", uses: [x.buffer], results: [result]) { _ in
      cb_channel_filter_forward(x.extent, channels, taps, weight, x.bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      let (x, part) = (value(input), gradientPart(input))
      let isFirst = isFirstGradient(parameter)
      let target = variables.gradients[parameter]
      emit(
        node, "backward", "channel-filter-backward", uses: [x.buffer, gradient.buffer],
        results: [part].compactMap { $0 }
      ) { arguments in
        if isFirst && !arguments.accumulatesGradients { target.update(repeating: 0) }
        cb_channel_filter_backward(
          x.extent, channels, taps, weight, x.bridged, gradient.bridged, cb_view(part),
          target.baseAddress!)
      }
    }
  }
}
