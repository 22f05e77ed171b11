import Networks

/// One matrix product over the batch: `Y = X·Wᵀ + b`, `∂X = ∂Y·W`, `∂W = ∂Yᵀ·X`.
extension Linear: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    for image in 0..<y.batch {
      for channel in 0..<channels {
        y.pointer[image * channels + channel] = hasBias ? context.parameters[1][channel] : 0
      }
    }
    Scalar.multiplyMatrices(
      transposeA: false, transposeB: true, rows: y.batch, columns: channels,
      inner: x.shape.channels, alpha: 1, a: x.pointer, strideA: x.shape.channels,
      b: context.parameters[0].baseAddress!, strideB: x.shape.channels, beta: 1, c: y.pointer,
      strideC: channels)
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gradient) = (context.inputs[0], context.outputGradient!)
    Scalar.multiplyMatrices(
      transposeA: true, transposeB: false, rows: channels, columns: x.shape.channels,
      inner: x.batch, alpha: 1, a: gradient.pointer, strideA: channels, b: x.pointer,
      strideB: x.shape.channels, beta: 1, c: context.parameterGradients[0].baseAddress!,
      strideC: x.shape.channels)
    if hasBias { addChannelSums(of: gradient, to: context.parameterGradients[1]) }
    guard let target = context.inputGradients[0] else { return }
    Scalar.multiplyMatrices(
      transposeA: false, transposeB: false, rows: x.batch, columns: x.shape.channels,
      inner: channels, alpha: 1, a: gradient.pointer, strideA: channels,
      b: context.parameters[0].baseAddress!, strideB: x.shape.channels, beta: 1,
      c: target.pointer, strideC: x.shape.channels)
  }
}
