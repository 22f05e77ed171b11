import CBridge
import Networks

extension FastCompiler {
  /// Whether every input starts at a multiple of the channel block.
  func joinsWholeBlocks(_ node: Int) -> Bool {
    graph.nodes[node].inputs.dropLast().allSatisfy { shapes[$0].channels % View.block == 0 }
  }

  /// Chooses, before anything is emitted, which values are computed straight into the joint buffer
  /// of a concatenation.
  ///
  /// Our own kernels write and read runs of channel blocks; oneDNN does so at batch 1 only. A norm
  /// whose value oneDNN reads too writes it twice, which saves reading it again.
  func placeConcatenations() {
    for step in steps {
      guard case .other = step.kind, case .concatenation = graph.nodes[step.node].operation,
        joinsWholeBlocks(step.node)
      else { continue }
      let joint = destination(step.node)
      var first = 0
      for input in graph.nodes[step.node].inputs {
        let slice = joint.slice(first: first, channels: shapes[input].channels)
        first += shapes[input].channels
        guard views[input] == nil, secondViews[input] == nil, let producer = producer(input)
        else { continue }
        let isReadDense = consumers(input).contains { $0.node != step.node && readsDense($0) }
        if writesSlices(producer) && (!isReadDense || batch == 1) {
          views[input] = slice
        } else if case .norm = producer.kind {
          secondViews[input] = slice
        }
      }
    }
  }

  func emitConcatenation(_ node: Int) {
    let inputs = graph.nodes[node].inputs
    let joint = destination(node)
    var first = 0
    for input in inputs {
      let slice = joint.slice(first: first, channels: shapes[input].channels)
      first += shapes[input].channels
      let view = value(input)
      let isInPlace = [view, secondViews[input]].contains {
        $0?.buffer === slice.buffer && $0?.offset == slice.offset
      }
      if !isInPlace { emitCopy(node, "forward", of: view, into: slice) }
    }
    recipes[node] = { [self] pass, joint, _ in recomputeConcatenation(node, pass, joint) }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      var first = 0
      for input in inputs {
        if needsGradient[input] {
          gradientPieces[input].append(
            gradient.slice(first: first, channels: shapes[input].channels))
        }
        first += shapes[input].channels
      }
    }
  }

  /// Values that are nowhere else are computed straight into their slices.
  private func recomputeConcatenation(_ node: Int, _ pass: String, _ joint: View) {
    var first = 0
    for input in graph.nodes[node].inputs {
      let slice = joint.slice(first: first, channels: shapes[input].channels)
      first += shapes[input].channels
      if views[input] == nil, let recipe = recipes[input] {
        recipe(pass, slice, nil)
        views[input] = slice
      } else {
        emitCopy(node, pass, of: value(input), into: slice)
      }
    }
  }

  private func emitCopy(_ node: Int, _ pass: String, of view: View, into slice: View) {
    emit(node, pass, "copy", uses: [view.buffer], results: [slice]) { _ in
      cb_copy(view.extent, view.bridged, slice.bridged)
    }
  }

  /// Inputs that start inside a block are copied, and so are their gradients.
  func emitShiftedConcatenation(_ node: Int) {
    let inputs = graph.nodes[node].inputs
    let counts = inputs.map { Int32(shapes[$0].channels) }
    let firsts = counts.indices.map { counts[..<$0].reduce(0, +) }
    compute(node, "join-channels", from: inputs) { inputs, result, _ in
      for (index, input) in inputs.enumerated() {
        cb_copy_channels(
          result.extent, counts[index], input.bridged, 0, result.bridged, firsts[index],
          index == inputs.count - 1)
      }
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      let parts = inputs.map(gradientPart)
      emit(
        node, "backward", "split-channels", uses: [gradient.buffer],
        results: parts.compactMap { $0 }
      ) { _ in
        for (index, part) in parts.enumerated() {
          guard let part else { continue }
          cb_copy_channels(
            part.extent, counts[index], gradient.bridged, firsts[index], part.bridged, 0, true)
        }
      }
    }
  }

  func consumers(_ node: Int) -> [LoweredStep] { steps.filter { $0.inputs.contains(node) } }

  func producer(_ node: Int) -> LoweredStep? { steps.first { $0.node == node } }

  func readsDense(_ step: LoweredStep) -> Bool {
    switch step.kind {
    case .convolution: true
    case .norm: false
    case .other:
      if case .transposedConvolution = graph.nodes[step.node].operation { true } else { false }
    }
  }

  private func writesSlices(_ step: LoweredStep) -> Bool {
    switch step.kind {
    case .norm: return true
    case .convolution: return batch == 1
    case .other:
      switch graph.nodes[step.node].operation {
      case .input, .concatenation: return false
      case .transposedConvolution: return batch == 1
      default: return true
      }
    }
  }
}
