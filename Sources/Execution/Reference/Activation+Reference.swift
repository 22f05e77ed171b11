import Networks

extension Activation: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0].pointer, context.output.pointer)
    let count = context.output.count
    switch function {
    case .identity: y.update(from: x, count: count)
    case .relu: for i in 0..<count { y[i] = x[i] < 0 ? 0 : x[i] }
    case .relu6: for i in 0..<count { y[i] = x[i] < 0 ? 0 : x[i] > 6 ? 6 : x[i] }
    case .leakyReLU(let slope):
      let slope = Scalar(slope)
      for i in 0..<count { y[i] = x[i] > 0 ? x[i] : slope * x[i] }
    case .silu: for i in 0..<count { y[i] = x[i] * logistic(x[i]) }
    case .hardSwish: for i in 0..<count { y[i] = x[i] * max(0, min(6, x[i] + 3)) / 6 }
    case .sigmoid: for i in 0..<count { y[i] = logistic(x[i]) }
    }
  }

  /// `∂x = f′(x)·∂y`; at a kink the derivative on its left.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let target = context.inputGradients[0]?.pointer else { return }
    let (x, y) = (context.inputs[0].pointer, context.output.pointer)
    let gradient = context.outputGradient!.pointer
    let count = context.output.count
    switch function {
    case .identity: for i in 0..<count { target[i] += gradient[i] }
    case .relu: for i in 0..<count { target[i] += x[i] > 0 ? gradient[i] : 0 }
    case .relu6: for i in 0..<count { target[i] += x[i] > 0 && x[i] <= 6 ? gradient[i] : 0 }
    case .leakyReLU(let slope):
      let slope = Scalar(slope)
      for i in 0..<count { target[i] += x[i] > 0 ? gradient[i] : slope * gradient[i] }
    case .silu:
      for i in 0..<count {
        let sigma = logistic(x[i])
        target[i] += gradient[i] * sigma * (1 + x[i] * (1 - sigma))
      }
    case .hardSwish:
      for i in 0..<count {
        let slope: Scalar = x[i] <= -3 ? 0 : x[i] > 3 ? 1 : (2 * x[i] + 3) / 6
        target[i] += gradient[i] * slope
      }
    case .sigmoid: for i in 0..<count { target[i] += gradient[i] * y[i] * (1 - y[i]) }
    }
  }
}

/// `σ(x) = 1 / (1 + e⁻ˣ)`
@inline(__always)
private func logistic<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
  1 / (1 + Scalar.exponential(-x))
}
