import CBridge
import Networks

extension FastCompiler {
  /// In training; the backward pass draws the same factors again.
  func emitDropout(_ node: Int, _ dropout: Dropout) {
    let input = graph.nodes[node].inputs[0]
    guard let kind = dropout.kind.bridged else { return emitSquares(node, dropout) }
    let channels = Int32(shapes[node].channels)
    compute(node, "dropout", from: [input]) { inputs, result, _, arguments in
      cb_dropout(
        result.extent, channels, kind, dropout.key(arguments), dropout.rate(step: arguments.step),
        inputs[0].bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "dropout-backward", uses: [gradient.buffer], results: [part]
      ) { arguments in
        cb_dropout(
          part.extent, channels, kind, dropout.key(arguments), dropout.rate(step: arguments.step),
          gradient.bridged, part.bridged)
      }
    }
  }

  private func emitSquares(_ node: Int, _ dropout: Dropout) {
    guard case .squares(let side) = dropout.kind else { return }
    let (input, shape) = (graph.nodes[node].inputs[0], shapes[node])
    let channels = Int32(shape.channels)
    let (height, width) = (Int32(min(side, shape.height)), Int32(min(side, shape.width)))
    let mask = buffer(bytes: batch * View.elements(shape))
    let counts = buffer(
      bytes: batch * View.blocks(shape.channels) * MemoryLayout<Int32>.stride)
    let (x, result) = (value(input), destination(node))
    emit(
      node, "forward", "drop-squares", uses: [x.buffer, mask, counts], results: [result]
    ) { arguments in
      let rate = dropout.rate(step: arguments.step)
      cb_draw_squares(
        x.extent, channels, height, width, dropout.key(arguments),
        Dropout.middleRate(rate, side: side, in: shape), mask.indices, counts.integers)
      cb_drop_squares(
        x.extent, channels, mask.indices, counts.integers, x.bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "drop-squares-backward", uses: [gradient.buffer, mask, counts],
        results: [part]
      ) { _ in
        cb_drop_squares(
          part.extent, channels, mask.indices, counts.integers, gradient.bridged, part.bridged)
      }
    }
  }
}

extension Dropout {
  fileprivate func key(_ arguments: RunArguments) -> UInt64 {
    key(seed: arguments.seed, epoch: arguments.epoch, batch: arguments.batch)
  }
}

extension Dropout.Kind {
  fileprivate var bridged: cb_dropout_kind? {
    switch self {
    case .elements: CB_DROP_ELEMENTS
    case .channels: CB_DROP_CHANNELS
    case .pictures: CB_DROP_PICTURES
    case .gaussian: CB_DROP_GAUSSIAN
    case .squares: nil
    }
  }
}
