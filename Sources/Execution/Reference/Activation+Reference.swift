import Networks

extension Activation: ReferenceKernel {
  /// The number that the function of a channel is made of, fixed or learned.
  @inline(__always)
  private func number<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>, _ channel: Int)
    -> Scalar
  {
    context.parameters.first.map { $0[channel] } ?? Scalar(function.constant ?? 0)
  }

  /// Calls `body` with each plane's offset and channel.
  @inline(__always)
  private func forEachPlane<Scalar: ReferenceScalar>(
    _ x: ReferenceTensor<Scalar>, _ body: (_ offset: Int, _ channel: Int) -> Void
  ) {
    for plane in 0..<x.batch * x.shape.channels {
      body(plane * x.shape.area, plane % x.shape.channels)
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output.pointer)
    forEachPlane(x) { offset, channel in
      let number = number(context, channel)
      for i in offset..<offset + x.shape.area { y[i] = function.value(x.pointer[i], number) }
    }
  }

  /// `∂x = f′(x)·∂y`; at a kink the derivative on its left.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gradient) = (context.inputs[0], context.outputGradient!.pointer)
    let learned = context.parameterGradients.first
    forEachPlane(x) { offset, channel in
      let number = number(context, channel)
      let cells = offset..<offset + x.shape.area
      if let target = context.inputGradients[0]?.pointer {
        for i in cells { target[i] += gradient[i] * function.derivative(x.pointer[i], number) }
      }
      guard let learned else { return }
      var sum = 0.0
      for i in cells {
        sum += Double(gradient[i] * function.derivativeByNumber(x.pointer[i], number))
      }
      learned[channel] += Scalar(sum)
    }
  }
}

/// `σ(x) = 1 / (1 + e⁻ˣ)`
@inline(__always)
private func logistic<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
  1 / (1 + Scalar.exponential(-x))
}

/// `Φ(x)`
@inline(__always)
private func normalDistribution<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
  (1 + Scalar.errorFunction(x / Scalar(2).squareRoot())) / 2
}

/// `tanh(log(1 + eˣ))`; beyond 20 it is 1 in Double as well.
@inline(__always)
private func mishGate<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
  guard x < 20 else { return x.isNaN ? x : 1 }
  let power = Scalar.exponential(x)
  let excess = power * (power + 2)
  return excess / (excess + 2)
}

/// `√(2/π)·(x + 0.044715·x³)`
@inline(__always)
private func tanhArgument<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
  (2 / Scalar.pi).squareRoot() * (x + cubic() * x * x * x)
}

@inline(__always)
private func cubic<Scalar: ReferenceScalar>() -> Scalar { Scalar(0.044715) }

extension ActivationFunction {
  @inline(__always)
  fileprivate func value<Scalar: ReferenceScalar>(_ x: Scalar, _ number: Scalar) -> Scalar {
    switch self {
    case .identity: x
    case .relu: x < 0 ? 0 : x
    case .relu6: x < 0 ? 0 : x > 6 ? 6 : x
    case .leakyReLU, .prelu: x > 0 ? x : number * x
    case .elu: x > 0 ? x : number * (Scalar.exponential(x) - 1)
    case .silu: x * logistic(x)
    case .swish, .learnedSwish: x * logistic(number * x)
    case .hardSwish: x * max(0, min(6, x + 3)) / 6
    case .gelu: x * normalDistribution(x)
    case .geluTanh: x / 2 * (1 + Scalar.hyperbolicTangent(tanhArgument(x)))
    case .mish: x * mishGate(x)
    case .tanh: Scalar.hyperbolicTangent(x)
    case .sigmoid: logistic(x)
    case .hardSigmoid: max(0, min(6, x + 3)) / 6
    }
  }

  @inline(__always)
  fileprivate func derivative<Scalar: ReferenceScalar>(_ x: Scalar, _ number: Scalar) -> Scalar {
    switch self {
    case .identity: return 1
    case .relu: return x > 0 ? 1 : 0
    case .relu6: return x > 0 && x <= 6 ? 1 : 0
    case .leakyReLU, .prelu: return x > 0 ? 1 : number
    case .elu: return x > 0 ? 1 : number * Scalar.exponential(x)
    case .silu, .swish, .learnedSwish:
      let beta = self == .silu ? 1 : number
      let sigma = logistic(beta * x)
      return sigma * (1 + beta * x * (1 - sigma))
    case .hardSwish: return x <= -3 ? 0 : x > 3 ? 1 : (2 * x + 3) / 6
    case .gelu:
      let density = Scalar.exponential(-x * x / 2) / (2 * Scalar.pi).squareRoot()
      return normalDistribution(x) + x * density
    case .geluTanh:
      let tanh = Scalar.hyperbolicTangent(tanhArgument(x))
      let inner = (2 / Scalar.pi).squareRoot() * (1 + 3 * cubic() * x * x)
      return (1 + tanh + x * (1 - tanh * tanh) * inner) / 2
    case .mish:
      let gate = mishGate(x)
      return gate + x * (1 - gate * gate) * logistic(x)
    case .tanh:
      let tanh = Scalar.hyperbolicTangent(x)
      return 1 - tanh * tanh
    case .sigmoid:
      let sigma = logistic(x)
      return sigma * (1 - sigma)
    // At both kinks 0, as in PyTorch.
    case .hardSigmoid: return x > -3 && x < 3 ? 1 / Scalar(6) : 0
    }
  }

  /// By what is learned.
  @inline(__always)
  fileprivate func derivativeByNumber<Scalar: ReferenceScalar>(_ x: Scalar, _ number: Scalar)
    -> Scalar
  {
    switch self {
    case .prelu: return x > 0 ? 0 : x
    case .learnedSwish:
      let sigma = logistic(number * x)
      return x * x * sigma * (1 - sigma)
    default: return 0
    }
  }
}
