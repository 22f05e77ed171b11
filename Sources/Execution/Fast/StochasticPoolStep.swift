import CBridge
import Networks

extension FastCompiler {
  /// Whether a byte holds which cell under the window was drawn.
  func isFastDraw(_ pooling: StochasticPooling) -> Bool {
    pooling.window.kernel.area <= CB_MOST_CELLS_TO_DRAW_FROM
  }

  /// Its gradient goes where the cell that was drawn lies, as a maximum's does.
  func emitStochasticPool(_ node: Int, _ pooling: StochasticPooling) {
    let (input, name) = (graph.nodes[node].inputs[0], graph.nodes[node].name)
    let extent = cb_extent(shapes[input], batch: batch, precision)
    let (x, result, window) = (value(input), destination(node), cb_window(pooling.window))
    let (height, width) = (Int32(result.shape.height), Int32(result.shape.width))
    guard mode == .training else {
      emit(node, "forward", pooling.label, uses: [x.buffer], results: [result]) { _ in
        cb_stochastic_pool_mean(extent, window, height, width, x.bridged, result.bridged)
      }
      return
    }
    let indices = buffer(bytes: batch * View.elements(result.shape))
    emit(
      node, "forward", pooling.label, uses: [x.buffer, indices], results: [result]
    ) { arguments in
      let key = pooling.key(
        node: name, seed: arguments.seed, epoch: arguments.epoch, batch: arguments.batch)
      cb_stochastic_pool_draw(
        extent, window, height, width, key, x.bridged, result.bridged, indices.indices)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "\(pooling.label)-backward", uses: [indices, gradient.buffer],
        results: [part]
      ) { _ in
        cb_max_pool_backward(
          extent, window, height, width, indices.indices, gradient.bridged, part.bridged)
      }
    }
  }
}
