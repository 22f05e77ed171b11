import Networks

extension Concatenation: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let output = context.output
    for image in 0..<output.batch {
      var target = output.pointer + image * output.shape.count
      for input in context.inputs {
        target.update(from: input.pointer + image * input.shape.count, count: input.shape.count)
        target += input.shape.count
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let gradient = context.outputGradient!
    for image in 0..<gradient.batch {
      var source = gradient.pointer + image * gradient.shape.count
      for (input, inputGradient) in zip(context.inputs, context.inputGradients) {
        if let inputGradient {
          let target = inputGradient.pointer + image * input.shape.count
          for i in 0..<input.shape.count { target[i] += source[i] }
        }
        source += input.shape.count
      }
    }
  }
}

extension Addition: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (a, b) = (context.inputs[0].pointer, context.inputs[1].pointer)
    let y = context.output.pointer
    for i in 0..<context.output.count { y[i] = a[i] + b[i] }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let gradient = context.outputGradient!
    for case let target? in context.inputGradients {
      for i in 0..<gradient.count { target.pointer[i] += gradient.pointer[i] }
    }
  }
}

extension Gating: ReferenceKernel {
  /// Steps through a gate along each axis of the features: 0 where it is broadcast.
  private struct Steps {
    let channel: Int
    let row: Int
    let column: Int

    init(_ gate: Shape) {
      channel = gate.channels == 1 ? 0 : gate.area
      row = gate.height == 1 ? 0 : gate.width
      column = gate.width == 1 ? 0 : 1
    }
  }

  /// Calls `body` for each row of the features with its offset there and in the gate.
  @inline(__always)
  private func forEachRow(
    batch: Int, _ shape: Shape, _ gate: Shape, _ body: (_ offset: Int, _ gateOffset: Int) -> Void
  ) {
    let steps = Steps(gate)
    for image in 0..<batch {
      for channel in 0..<shape.channels {
        for row in 0..<shape.height {
          body(
            image * shape.count + channel * shape.area + row * shape.width,
            image * gate.count + channel * steps.channel + row * steps.row)
        }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gate, y) = (context.inputs[0], context.inputs[1], context.output)
    let step = Steps(gate.shape).column
    forEachRow(batch: y.batch, x.shape, gate.shape) { offset, gateOffset in
      for i in 0..<x.shape.width {
        y.pointer[offset &+ i] = x.pointer[offset &+ i] * gate.pointer[gateOffset &+ i &* step]
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gate, gradient) = (context.inputs[0], context.inputs[1], context.outputGradient!)
    let (dx, dGate) = (context.inputGradients[0]?.pointer, context.inputGradients[1]?.pointer)
    let step = Steps(gate.shape).column
    forEachRow(batch: x.batch, x.shape, gate.shape) { offset, gateOffset in
      let incoming = gradient.pointer + offset
      if let dx {
        for i in 0..<x.shape.width {
          dx[offset &+ i] += incoming[i] * gate.pointer[gateOffset &+ i &* step]
        }
      }
      if let dGate {
        for i in 0..<x.shape.width {
          dGate[gateOffset &+ i &* step] += incoming[i] * x.pointer[offset &+ i]
        }
      }
    }
  }
}
