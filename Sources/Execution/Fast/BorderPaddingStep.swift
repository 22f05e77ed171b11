import CBridge
import Networks

extension FastCompiler {
  func emitBorderPadding(_ node: Int, _ operation: BorderPadding) {
    let input = graph.nodes[node].inputs[0]
    let extent = cb_extent(shapes[input], batch: batch, precision)
    let border = cb_border(operation)
    compute(node, operation.label, from: [input]) { inputs, result, _ in
      cb_border_forward(extent, border, inputs[0].bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "\(operation.label)-backward", uses: [gradient.buffer], results: [part]
      ) { _ in
        cb_border_backward(extent, border, gradient.bridged, part.bridged)
      }
    }
  }
}

extension cb_border {
  fileprivate init(_ operation: BorderPadding) {
    let padding = operation.padding
    self.init(
      reflects: operation.mode == .reflect, top: Int32(padding.top), left: Int32(padding.left),
      bottom: Int32(padding.bottom), right: Int32(padding.right))
  }
}
