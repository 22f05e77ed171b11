import Networks

extension BorderPadding: ReferenceKernel {
  /// Calls `body` for each cell of the output with its index there and in the input.
  @inline(__always)
  private func forEachCell(
    planes: Int, _ input: Shape, _ output: Shape, _ body: (_ target: Int, _ source: Int) -> Void
  ) {
    for plane in 0..<planes {
      for y in 0..<output.height {
        let row = mode.source(y - padding.top, count: input.height)
        for x in 0..<output.width {
          let column = mode.source(x - padding.left, count: input.width)
          body(
            plane * output.area + y * output.width + x,
            plane * input.area + row * input.width + column)
        }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    forEachCell(planes: y.batch * y.shape.channels, x.shape, y.shape) {
      y.pointer[$0] = x.pointer[$1]
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let target = context.inputGradients[0] else { return }
    let gradient = context.outputGradient!
    forEachCell(planes: gradient.batch * gradient.shape.channels, target.shape, gradient.shape) {
      target.pointer[$1] += gradient.pointer[$0]
    }
  }
}
