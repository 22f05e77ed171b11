import Networks

/// Each group of each image as one matrix product, after ``Unfolding``:
/// `y = W·u(x)`, `∂W = ∂y·u(x)ᵀ`, `∂x = fold(Wᵀ·∂y)`.
extension Convolution: ReferenceKernel {
  private func unfolding(_ input: Shape, _ output: Shape) -> Unfolding {
    Unfolding(
      input: Shape(channels: input.channels / groups, height: input.height, width: input.width),
      window: window, output: Extent(height: output.height, width: output.width))
  }

  func scratchCount(inputs: [Shape], output: Shape) -> Int {
    let unfolding = unfolding(inputs[0], output)
    return unfolding.isIdentity ? 0 : unfolding.rows * output.area
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    let unfolding = unfolding(x.shape, y.shape)
    let filters = channels / groups
    let weight = UnsafePointer(context.parameters[0].baseAddress!)
    for image in 0..<y.batch {
      for group in 0..<groups {
        let source = x.pointer + image * x.shape.count + group * unfolding.input.count
        let target = y.pointer + image * y.shape.count + group * filters * y.shape.area
        let matrix = unfolded(source, unfolding, context.scratch)
        for filter in 0..<filters {
          let bias = hasBias ? context.parameters[1][group * filters + filter] : 0
          (target + filter * y.shape.area).update(repeating: bias, count: y.shape.area)
        }
        Scalar.multiplyMatrices(
          transposeA: false, transposeB: false, rows: filters, columns: y.shape.area,
          inner: unfolding.rows, alpha: 1, a: weight + group * filters * unfolding.rows,
          strideA: unfolding.rows, b: matrix, strideB: y.shape.area, beta: 1, c: target,
          strideC: y.shape.area)
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let x = context.inputs[0]
    let gradient = context.outputGradient!
    let unfolding = unfolding(x.shape, gradient.shape)
    let filters = channels / groups
    for image in 0..<gradient.batch {
      for group in 0..<groups {
        let start = image * x.shape.count + group * unfolding.input.count
        let source =
          gradient.pointer + image * gradient.shape.count + group * filters * gradient.shape.area
        addWeightGradient(source, x.pointer + start, unfolding, group: group, context)
        if let target = context.inputGradients[0] {
          addInputGradient(source, target.pointer + start, unfolding, group: group, context)
        }
      }
    }
    if hasBias { addChannelSums(of: gradient, to: context.parameterGradients[1]) }
  }

  /// The matrix of one image and group: the image itself, or laid out in `scratch`.
  @inline(__always)
  private func unfolded<Scalar: ReferenceScalar>(
    _ image: UnsafePointer<Scalar>, _ unfolding: Unfolding,
    _ scratch: UnsafeMutablePointer<Scalar>?
  ) -> UnsafePointer<Scalar> {
    if unfolding.isIdentity { return image }
    unfolding.unfold(image, into: scratch!)
    return UnsafePointer(scratch!)
  }

  @inline(__always)
  private func addWeightGradient<Scalar: ReferenceScalar>(
    _ gradient: UnsafePointer<Scalar>, _ image: UnsafePointer<Scalar>, _ unfolding: Unfolding,
    group: Int, _ context: ReferenceContext<Scalar>
  ) {
    let filters = channels / groups
    let target = context.parameterGradients[0].baseAddress! + group * filters * unfolding.rows
    Scalar.multiplyMatrices(
      transposeA: false, transposeB: true, rows: filters, columns: unfolding.rows,
      inner: unfolding.output.area, alpha: 1, a: gradient, strideA: unfolding.output.area,
      b: unfolded(image, unfolding, context.scratch), strideB: unfolding.output.area, beta: 1,
      c: target, strideC: unfolding.rows)
  }

  @inline(__always)
  private func addInputGradient<Scalar: ReferenceScalar>(
    _ gradient: UnsafePointer<Scalar>, _ target: UnsafeMutablePointer<Scalar>,
    _ unfolding: Unfolding, group: Int, _ context: ReferenceContext<Scalar>
  ) {
    let filters = channels / groups
    let weight = context.parameters[0].baseAddress! + group * filters * unfolding.rows
    let isDirect = unfolding.isIdentity
    let matrix = isDirect ? target : context.scratch!
    Scalar.multiplyMatrices(
      transposeA: true, transposeB: false, rows: unfolding.rows,
      columns: unfolding.output.area, inner: filters, alpha: 1, a: weight,
      strideA: unfolding.rows, b: gradient, strideB: unfolding.output.area,
      beta: isDirect ? 1 : 0, c: matrix, strideC: unfolding.output.area)
    if !isDirect { unfolding.fold(matrix, addingTo: target) }
  }
}

/// Adds the sum of each channel over the batch, height and width.
func addChannelSums<Scalar: ReferenceScalar>(
  of tensor: ReferenceTensor<Scalar>, to sums: UnsafeMutableBufferPointer<Scalar>
) {
  for channel in 0..<tensor.shape.channels {
    var sum = 0.0
    for image in 0..<tensor.batch {
      let plane = tensor.plane(image, channel)
      for cell in 0..<tensor.shape.area { sum += Double(plane[cell]) }
    }
    sums[channel] += Scalar(sum)
  }
}
