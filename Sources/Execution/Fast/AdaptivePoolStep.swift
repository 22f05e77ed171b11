import CBridge
import Networks

extension FastCompiler {
  func emitAdaptivePool(_ node: Int, _ operation: AdaptivePooling) {
    switch operation.kind {
    case .average: emitBinMeans(node, operation)
    case .maximum: emitBinMaxima(node, operation)
    }
  }

  private func emitBinMeans(_ node: Int, _ operation: AdaptivePooling) {
    let input = graph.nodes[node].inputs[0]
    let extent = cb_extent(shapes[input], batch: batch, precision)
    let (rows, columns) = (Int32(operation.bins.height), Int32(operation.bins.width))
    compute(node, operation.label, from: [input]) { inputs, result, _ in
      cb_bin_means_forward(extent, rows, columns, inputs[0].bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "\(operation.label)-backward", uses: [gradient.buffer], results: [part]
      ) { _ in
        cb_bin_means_backward(extent, rows, columns, gradient.bridged, part.bridged)
      }
    }
  }

  private func emitBinMaxima(_ node: Int, _ operation: AdaptivePooling) {
    let input = graph.nodes[node].inputs[0]
    let extent = cb_extent(shapes[input], batch: batch, precision)
    let (rows, columns) = (Int32(operation.bins.height), Int32(operation.bins.width))
    let (x, result) = (value(input), destination(node))
    let isTraining = mode == .training && needsGradient[input]
    let indices = buffer(
      bytes: isTraining ? batch * View.elements(result.shape) * MemoryLayout<Int32>.stride : 0)
    emit(node, "forward", operation.label, uses: [x.buffer, indices], results: [result]) { _ in
      cb_bin_maxima_forward(
        extent, rows, columns, x.bridged, result.bridged, isTraining ? indices.integers : nil)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "\(operation.label)-backward", uses: [indices, gradient.buffer],
        results: [part]
      ) { _ in
        cb_bin_maxima_backward(
          extent, rows, columns, indices.integers, gradient.bridged, part.bridged)
      }
    }
  }
}
