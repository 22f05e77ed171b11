import Networks

/// The plan puts the batch in place before the first kernel runs.
extension Input: ReferenceKernel {
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {}
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {}
}

extension Output: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    context.output.pointer.update(from: context.inputs[0].pointer, count: context.output.count)
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let target = context.inputGradients[0] else { return }
    let gradient = context.outputGradient!
    for i in 0..<gradient.count { target.pointer[i] += gradient.pointer[i] }
  }
}
