import CBridge
import Networks

extension FastCompiler {
  func emitAveragePool(_ node: Int, _ window: Window) {
    let input = graph.nodes[node].inputs[0]
    let extent = cb_extent(shapes[input], batch: batch, precision)
    let window = cb_window(window)
    let (height, width) = (Int32(shapes[node].height), Int32(shapes[node].width))
    compute(node, "average-pool", from: [input]) { inputs, result, _ in
      cb_average_pool_forward(extent, window, height, width, inputs[0].bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "average-pool-backward", uses: [gradient.buffer], results: [part]
      ) { _ in
        cb_average_pool_backward(extent, window, height, width, gradient.bridged, part.bridged)
      }
    }
  }
}
