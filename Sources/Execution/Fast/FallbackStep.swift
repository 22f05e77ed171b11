import CBridge
import Networks

extension FastCompiler {
  /// Runs the reference backend's kernel on plain copies, where the fast backend has none.
  func emitReference(_ node: Int) {
    let held = graph.nodes[node]
    let kernel = held.operation.referenceKernel
    let places = held.inputs.map { isPlaces($0) ? inputSlots[$0] : nil }
    let sources = zip(held.inputs, places).map { $1 == nil ? value($0) : nil }
    let result = destination(node)
    let plainInputs = zip(held.inputs, places).map { input, place in
      buffer(floats: place == nil ? batch * shapes[input].count : 0)
    }
    let plainOutput = buffer(floats: batch * shapes[node].count)
    let scratch = buffer(
      floats: kernel.scratchCount(inputs: held.inputs.map { shapes[$0] }, output: shapes[node]))
    let parameters = held.parameters.map { variables.parameters[$0] }
    let statistics = held.buffers.map { variables.buffers[$0] }
    let context = { [batch, shapes, mode] (arguments: RunArguments) in
      ReferenceContext<Float>(
        inputs: held.inputs.indices.map { index in
          ReferenceTensor(
            shape: shapes[held.inputs[index]], batch: batch,
            pointer: places[index].map { UnsafeMutablePointer(mutating: $0.bound) }
              ?? plainInputs[index].floats)
        },
        output: ReferenceTensor(shape: shapes[node], batch: batch, pointer: plainOutput.floats),
        parameters: parameters, buffers: statistics, mode: mode, arguments: arguments,
        scratch: scratch.floats, name: held.name)
    }
    emit(
      node, "forward", "reference",
      uses: sources.compactMap { $0?.buffer } + plainInputs + [plainOutput, scratch],
      results: [result]
    ) { arguments in
      for case (let source?, let plain) in zip(sources, plainInputs) {
        cb_to_plain(source.extent, Int32(source.shape.channels), source.bridged, plain.floats)
      }
      kernel.forward(context(arguments))
      cb_from_plain(
        result.extent, Int32(result.shape.channels), plainOutput.floats, result.bridged)
    }
    backward.append { [self] in
      emitReferenceBackward(node, kernel, plainInputs, plainOutput, scratch, context)
    }
  }

  private func emitReferenceBackward(
    _ node: Int, _ kernel: any ReferenceKernel, _ plainInputs: [Buffer], _ plainOutput: Buffer,
    _ scratch: Buffer, _ context: @escaping (RunArguments) -> ReferenceContext<Float>
  ) {
    let held = graph.nodes[node]
    let gradient = takeGradient(node)[0]
    let parts = held.inputs.map { gradientPart($0) }
    let plainParts = zip(held.inputs, parts).map { input, part in
      part.map { _ in buffer(floats: batch * shapes[input].count) }
    }
    let plainGradient = buffer(floats: batch * shapes[node].count)
    let parameters = held.parameters.map { variables.gradients[$0] }
    let areFirst = held.parameters.map(isFirstGradient)
    let tensor = { [batch, shapes] (node: Int, buffer: Buffer) in
      ReferenceTensor<Float>(shape: shapes[node], batch: batch, pointer: buffer.floats)
    }
    emit(
      node, "backward", "reference",
      uses: plainInputs + [plainOutput, plainGradient, scratch, gradient.buffer]
        + plainParts.compactMap { $0 },
      results: parts.compactMap { $0 }
    ) { arguments in
      for (parameter, isFirst) in zip(parameters, areFirst)
      where isFirst && !arguments.accumulatesGradients {
        parameter.update(repeating: 0)
      }
      cb_to_plain(
        gradient.extent, Int32(gradient.shape.channels), gradient.bridged, plainGradient.floats)
      var filled = context(arguments)
      filled.outputGradient = tensor(node, plainGradient)
      filled.inputGradients = zip(held.inputs, plainParts).map { input, plain in
        plain.map { tensor(input, $0) }
      }
      filled.parameterGradients = parameters
      for wanted in filled.inputGradients.compactMap({ $0 }) {
        wanted.pointer.update(repeating: 0, count: wanted.count)
      }
      kernel.backward(filled)
      for (part, plain) in zip(parts, plainParts) {
        guard let part, let plain else { continue }
        cb_from_plain(part.extent, Int32(part.shape.channels), plain.floats, part.bridged)
      }
    }
  }
}
