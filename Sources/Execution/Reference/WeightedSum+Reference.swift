import Networks

extension WeightedSum: ReferenceKernel {
  /// Each input's share of the sum, and what the shares were divided by.
  private func shares<Scalar: ReferenceScalar>(_ weights: UnsafeMutableBufferPointer<Scalar>) -> (
    shares: [Scalar], divisor: Scalar
  ) {
    let positive = weights.map { max(0, $0) }
    let divisor = positive.reduce(Scalar(Self.epsilon), +)
    return (positive.map { $0 / divisor }, divisor)
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (shares, _) = shares(context.parameters[0])
    let y = context.output
    y.pointer.update(repeating: 0, count: y.count)
    for (share, input) in zip(shares, context.inputs) {
      for i in 0..<y.count { y.pointer[i] += share * input.pointer[i] }
    }
  }

  /// `∂xᵢ = aᵢ·∂y`; with `dᵢ = Σ ∂y·xᵢ`, `∂wᵢ = (dᵢ − Σ aⱼ·dⱼ) / (ε + Σ rⱼ)` where `wᵢ > 0`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (shares, divisor) = shares(context.parameters[0])
    let gradient = context.outputGradient!
    var products: [Scalar] = []
    for (index, input) in context.inputs.enumerated() {
      var product = 0.0
      for i in 0..<gradient.count { product += Double(gradient.pointer[i] * input.pointer[i]) }
      products.append(Scalar(product))
      guard let target = context.inputGradients[index]?.pointer else { continue }
      for i in 0..<gradient.count { target[i] += shares[index] * gradient.pointer[i] }
    }
    let mean = zip(shares, products).map { $0 * $1 }.reduce(0, +)
    for index in products.indices where context.parameters[0][index] > 0 {
      context.parameterGradients[0][index] += (products[index] - mean) / divisor
    }
  }
}
