import Networks

extension Softmax: ReferenceKernel {
  /// Calls `body` with the offset of the first of each sum's numbers; they lie `step·area` apart.
  @inline(__always)
  private func forEachSum<Scalar: ReferenceScalar>(
    _ x: ReferenceTensor<Scalar>, _ body: (Int) -> Void
  ) {
    let run = step(channels: x.shape.channels) * x.shape.area
    for image in 0..<x.batch {
      for place in 0..<run { body(image * x.shape.count + place) }
    }
  }

  /// The largest is taken out of the exponent first, which changes nothing but keeps it in range.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    let step = step(channels: x.shape.channels) * x.shape.area
    let count = branches ?? x.shape.channels
    forEachSum(x) { first in
      softmax(x.pointer + first, into: y.pointer + first, count: count, step: step)
    }
  }

  /// `∂x = y·(∂y − Σ ∂y·y)`
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let target = context.inputGradients[0]?.pointer else { return }
    let (y, gradient) = (context.output, context.outputGradient!.pointer)
    let step = step(channels: y.shape.channels) * y.shape.area
    let count = branches ?? y.shape.channels
    forEachSum(y) { first in
      var sum: Scalar = 0
      for i in 0..<count { sum += gradient[first + i * step] * y.pointer[first + i * step] }
      for i in 0..<count {
        let at = first + i * step
        target[at] += y.pointer[at] * (gradient[at] - sum)
      }
    }
  }
}

/// `y = e^x / Σ e^x` of numbers `step` apart.
@inline(__always)
func softmax<Scalar: ReferenceScalar>(
  _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, count: Int, step: Int
) {
  var largest = x[0]
  for i in 1..<max(1, count) { largest = Scalar.maximum(largest, x[i * step]) }
  var sum: Scalar = 0
  for i in 0..<count {
    y[i * step] = Scalar.exponential(x[i * step] - largest)
    sum += y[i * step]
  }
  for i in 0..<count { y[i * step] /= sum }
}

extension BranchSum: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    for image in 0..<x.batch {
      let target = y.pointer + image * y.shape.count
      target.update(repeating: 0, count: y.shape.count)
      for branch in 0..<branches {
        let source = x.pointer + image * x.shape.count + branch * y.shape.count
        for i in 0..<y.shape.count { target[i] += source[i] }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let inputGradient = context.inputGradients[0] else { return }
    let gradient = context.outputGradient!
    for image in 0..<gradient.batch {
      let source = gradient.pointer + image * gradient.shape.count
      for branch in 0..<branches {
        let target =
          inputGradient.pointer + image * inputGradient.shape.count + branch * gradient.shape.count
        for i in 0..<gradient.shape.count { target[i] += source[i] }
      }
    }
  }
}
