import Networks

/// With the unfolding u of the output, `y = fold(Wᵀ·x)`, `∂x = W·u(∂y)` and `∂W = x·u(∂y)ᵀ`, group by
/// group: the passes of ``Convolution`` with input and output exchanged.
extension TransposedConvolution: ReferenceKernel {
  private func unfolding(_ input: Shape, _ output: Shape) -> Unfolding {
    Unfolding(
      input: Shape(channels: channels / groups, height: output.height, width: output.width),
      window: window, output: Extent(height: input.height, width: input.width))
  }

  func scratchCount(inputs: [Shape], output: Shape) -> Int {
    unfolding(inputs[0], output).rows * inputs[0].area
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    let unfolding = unfolding(x.shape, y.shape)
    let filters = x.shape.channels / groups
    y.pointer.update(repeating: 0, count: y.count)
    for image in 0..<y.batch {
      for group in 0..<groups {
        let source = x.pointer + image * x.shape.count + group * filters * x.shape.area
        let target = y.pointer + image * y.shape.count + group * unfolding.input.count
        Scalar.multiplyMatrices(
          transposeA: true, transposeB: false, rows: unfolding.rows, columns: x.shape.area,
          inner: filters, alpha: 1,
          a: context.parameters[0].baseAddress! + group * filters * unfolding.rows,
          strideA: unfolding.rows, b: source, strideB: x.shape.area, beta: 0,
          c: context.scratch!, strideC: x.shape.area)
        unfolding.fold(context.scratch!, addingTo: target)
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gradient) = (context.inputs[0], context.outputGradient!)
    let unfolding = unfolding(x.shape, gradient.shape)
    let filters = x.shape.channels / groups
    let area = x.shape.area
    for image in 0..<gradient.batch {
      for group in 0..<groups {
        let start = image * x.shape.count + group * filters * area
        let weights = group * filters * unfolding.rows
        unfolding.unfold(
          gradient.pointer + image * gradient.shape.count + group * unfolding.input.count,
          into: context.scratch!)
        Scalar.multiplyMatrices(
          transposeA: false, transposeB: true, rows: filters, columns: unfolding.rows, inner: area,
          alpha: 1, a: x.pointer + start, strideA: area, b: context.scratch!, strideB: area,
          beta: 1, c: context.parameterGradients[0].baseAddress! + weights,
          strideC: unfolding.rows)
        guard let target = context.inputGradients[0] else { continue }
        Scalar.multiplyMatrices(
          transposeA: false, transposeB: false, rows: filters, columns: area,
          inner: unfolding.rows, alpha: 1,
          a: context.parameters[0].baseAddress! + weights, strideA: unfolding.rows,
          b: context.scratch!, strideB: area, beta: 1, c: target.pointer + start, strideC: area)
      }
    }
  }
}
