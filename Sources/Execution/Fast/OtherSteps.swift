import CBridge
import Networks

/// Where the caller's batch is, while a plan runs.
final class InputSlot {
  var pointer: UnsafePointer<Float>?
  let name: String

  init(name: String) { self.name = name }

  var bound: UnsafePointer<Float> {
    guard let pointer else { preconditionFailure("input \(name) is not bound") }
    return pointer
  }
}

/// A plain `[N, C, H, W]` block of the plan's own, outside the arena. Zeros once it is allocated.
final class PlainTensor {
  let floats: Int
  private var memory: UnsafeMutablePointer<Float>?

  init(floats: Int) { self.floats = max(1, floats) }

  deinit { memory?.deallocate() }

  func allocate() {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: floats)
    memory.initialize(repeating: 0, count: floats)
    self.memory = memory
  }

  var pointer: UnsafeMutablePointer<Float> {
    guard let memory else { preconditionFailure("a tensor is used before its plan is made") }
    return memory
  }
}

extension FastCompiler {
  func emitInput(_ node: Int) {
    let slot = inputSlots[node]!
    if isPlaces(node) {
      // Places have no gradient.
      if flagged.contains(node) {
        inputGradients[node] = plainTensor(floats: batch * shapes[node].count)
      }
      return
    }
    let areConvolutions = consumers(node).allSatisfy {
      guard case .convolution = $0.kind,
        case .convolution(let operation) =
          graph.nodes[$0.source].operation
      else { return false }
      return operation.groups == 1 && shapes[node].channels < View.block
    }
    if areConvolutions && !flagged.contains(node) {
      plainInputs[node] = plainSource(node, slot)
      return
    }
    let view = destination(node)
    let channels = Int32(shapes[node].channels)
    emit(node, "forward", "from-plain", uses: [], results: [view]) { _ in
      cb_from_plain(view.extent, channels, slot.bound, view.bridged)
    }
    guard flagged.contains(node) else { return }
    let gradient = plainTensor(floats: batch * shapes[node].count)
    inputGradients[node] = gradient
    backward.append { [self] in
      let piece = takeGradient(node)[0]
      emit(node, "backward", "to-plain", uses: [piece.buffer]) { _ in
        cb_to_plain(piece.extent, channels, piece.bridged, gradient.pointer)
      }
    }
  }

  /// The caller's batch itself, or rounded to bf16.
  private func plainSource(_ node: Int, _ slot: InputSlot) -> ConvolutionSource {
    guard precision == .bf16 else {
      return ConvolutionSource(buffers: []) { UnsafeRawPointer(slot.bound) }
    }
    let count = batch * shapes[node].count
    let rounded = buffer(bytes: count * precision.bytes)
    emit(node, "forward", "to-bf16", uses: [rounded]) { _ in
      cb_to_bf16(slot.bound, count, rounded.pointer)
    }
    return ConvolutionSource(buffers: [rounded]) { UnsafeRawPointer(rounded.pointer) }
  }

  func emitOutput(_ node: Int) {
    let input = graph.nodes[node].inputs[0]
    let view = value(input)
    let channels = Int32(shapes[node].channels)
    let plain = plainTensor(floats: batch * shapes[node].count)
    let gradient = plainTensor(floats: mode == .training ? batch * shapes[node].count : 0)
    outputs[node] = (plain, gradient)
    emit(node, "forward", "to-plain", uses: [view.buffer]) { _ in
      cb_to_plain(view.extent, channels, view.bridged, plain.pointer)
    }
    backward.append { [self] in
      guard let part = gradientPart(input) else { return }
      emit(node, "backward", "from-plain", uses: [], results: [part]) { _ in
        cb_from_plain(part.extent, channels, gradient.pointer, part.bridged)
      }
    }
  }

  func emitAddition(_ node: Int) {
    let inputs = graph.nodes[node].inputs
    compute(node, "add", from: inputs) { inputs, result, _ in
      cb_add(result.extent, inputs[0].bridged, inputs[1].bridged, result.bridged)
    }
    backward.append { [self] in
      let pieces = takeGradient(node)
      for input in inputs where needsGradient[input] { gradientPieces[input] += pieces }
    }
  }

  /// Whether a gate has one number a channel and the same channels as the features.
  func gatesChannels(_ node: Int) -> Bool {
    let inputs = graph.nodes[node].inputs
    let (features, gate) = (shapes[inputs[0]], shapes[inputs[1]])
    return gate.area == 1 && gate.channels == features.channels
  }

  func emitGating(_ node: Int) {
    let inputs = graph.nodes[node].inputs
    compute(node, "gate", from: inputs) { inputs, result, _ in
      cb_gate_forward(result.extent, inputs[0].bridged, inputs[1].bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      let (x, gate) = (value(inputs[0]), value(inputs[1]))
      let part = gradientPart(inputs[0])
      let gatePart = gradientPart(inputs[1]) ?? freshView(shapes[inputs[1]])
      emit(
        node, "backward", "gate-backward", uses: [x.buffer, gate.buffer, gradient.buffer],
        results: [part, gatePart].compactMap { $0 }
      ) { _ in
        cb_gate_backward(
          x.extent, x.bridged, gate.bridged, gradient.bridged, cb_view(part), gatePart.bridged)
      }
    }
  }

  func emitSpatialMean(_ node: Int) {
    let input = graph.nodes[node].inputs[0]
    let (x, result) = (value(input), destination(node))
    emit(node, "forward", "mean", uses: [x.buffer], results: [result]) { _ in
      cb_mean_forward(x.extent, x.bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(node, "backward", "mean-backward", uses: [gradient.buffer], results: [part]) { _ in
        cb_mean_backward(part.extent, gradient.bridged, part.bridged)
      }
    }
  }

  func emitResize(_ node: Int, _ mode: ResizeMode) {
    let input = graph.nodes[node].inputs[0]
    let (height, width) = (Int32(shapes[node].height), Int32(shapes[node].width))
    let (enlarge, gather) =
      mode == .nearest
      ? (cb_nearest_forward, cb_nearest_backward) : (cb_bilinear_forward, cb_bilinear_backward)
    compute(node, mode.rawValue, from: [input]) { inputs, result, _ in
      enlarge(inputs[0].extent, height, width, inputs[0].bridged, result.bridged)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "\(mode.rawValue)-backward", uses: [gradient.buffer], results: [part]
      ) { _ in gather(part.extent, height, width, gradient.bridged, part.bridged) }
    }
  }

  /// Whether a byte holds which cell under the window is the greatest.
  func isFastMaxPool(_ pooling: Pooling) -> Bool {
    pooling.kind == .maximum && pooling.window.kernel.area <= 256
  }

  func emitMaxPool(_ node: Int, _ window: Window) {
    let input = graph.nodes[node].inputs[0]
    let (x, result, window) = (value(input), destination(node), cb_window(window))
    let (height, width) = (Int32(result.shape.height), Int32(result.shape.width))
    let isTraining = mode == .training && needsGradient[input]
    let indices = buffer(bytes: isTraining ? batch * View.elements(result.shape) : 0)
    emit(node, "forward", "max-pool", uses: [x.buffer, indices], results: [result]) { _ in
      cb_max_pool_forward(
        x.extent, window, height, width, x.bridged, result.bridged,
        isTraining ? indices.indices : nil)
    }
    backward.append { [self] in
      let gradient = takeGradient(node)[0]
      guard let part = gradientPart(input) else { return }
      emit(
        node, "backward", "max-pool-backward", uses: [indices, gradient.buffer], results: [part]
      ) { _ in
        cb_max_pool_backward(
          x.extent, window, height, width, indices.indices, gradient.bridged, part.bridged)
      }
    }
  }
}
