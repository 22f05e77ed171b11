import Networks

/// What one channel is centred and scaled by.
private struct ChannelStatistics {
  var mean: Double
  /// Biased: divided by the number of cells.
  var variance: Double

  /// Of the batch; the variance in a second pass over the centred values, which loses no digits
  /// where the mean is large.
  init<Scalar: ReferenceScalar>(_ x: ReferenceTensor<Scalar>, channel: Int) {
    let count = Double(x.batch * x.shape.area)
    var sum = 0.0
    for image in 0..<x.batch {
      let plane = x.plane(image, channel)
      for cell in 0..<x.shape.area { sum += Double(plane[cell]) }
    }
    let centre = sum / count
    var squares = 0.0
    for image in 0..<x.batch {
      let plane = x.plane(image, channel)
      for cell in 0..<x.shape.area {
        let centred = Double(plane[cell]) - centre
        squares += centred * centred
      }
    }
    mean = centre
    variance = squares / count
  }

  init(mean: Double, variance: Double) {
    self.mean = mean
    self.variance = variance
  }

  func inverseDeviation(_ epsilon: Float) -> Double {
    1 / (variance + Double(epsilon)).squareRoot()
  }
}

extension BatchNorm: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    for channel in 0..<x.shape.channels {
      let statistics = statistics(context, channel)
      if context.mode == .training { updateRunning(context, channel, statistics) }
      let scale =
        Double(context.parameters[0][channel]) * statistics.inverseDeviation(epsilon)
      let offset = Double(context.parameters[1][channel])
      for image in 0..<x.batch {
        let (source, target) = (x.plane(image, channel), y.plane(image, channel))
        for cell in 0..<x.shape.area {
          target[cell] = Scalar((Double(source[cell]) - statistics.mean) * scale + offset)
        }
      }
    }
  }

  /// With `x̂ = (x − μ) / √(σ² + ε)`: `∂β = Σ∂y`, `∂γ = Σ∂y·x̂`; in training, where μ and σ² depend
  /// on `x`, `∂x = γ / √(σ² + ε) · (∂y − ∂β / n − x̂·∂γ / n)` over the `n` cells of a channel; in
  /// inference `∂x = γ / √(σ² + ε) · ∂y`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gradient) = (context.inputs[0], context.outputGradient!)
    let count = Double(x.batch * x.shape.area)
    for channel in 0..<x.shape.channels {
      let statistics = statistics(context, channel)
      let inverse = statistics.inverseDeviation(epsilon)
      var (sum, product) = (0.0, 0.0)
      for image in 0..<x.batch {
        let (values, gradients) = (x.plane(image, channel), gradient.plane(image, channel))
        for cell in 0..<x.shape.area {
          sum += Double(gradients[cell])
          product += Double(gradients[cell]) * (Double(values[cell]) - statistics.mean) * inverse
        }
      }
      context.parameterGradients[0][channel] += Scalar(product)
      context.parameterGradients[1][channel] += Scalar(sum)
      guard let target = context.inputGradients[0] else { continue }
      let scale = Double(context.parameters[0][channel]) * inverse
      let (meanSum, meanProduct) =
        context.mode == .training ? (sum / count, product / count) : (0, 0)
      for image in 0..<x.batch {
        let (values, gradients) = (x.plane(image, channel), gradient.plane(image, channel))
        let targets = target.plane(image, channel)
        for cell in 0..<x.shape.area {
          let normalised = (Double(values[cell]) - statistics.mean) * inverse
          targets[cell] += Scalar(
            scale * (Double(gradients[cell]) - meanSum - normalised * meanProduct))
        }
      }
    }
  }

  @inline(__always)
  private func statistics<Scalar: ReferenceScalar>(
    _ context: ReferenceContext<Scalar>, _ channel: Int
  ) -> ChannelStatistics {
    switch context.mode {
    case .training: ChannelStatistics(context.inputs[0], channel: channel)
    case .inference:
      ChannelStatistics(
        mean: Double(context.buffers[0][channel]), variance: Double(context.buffers[1][channel]))
    }
  }

  @inline(__always)
  private func updateRunning<Scalar: ReferenceScalar>(
    _ context: ReferenceContext<Scalar>, _ channel: Int, _ statistics: ChannelStatistics
  ) {
    let count = Double(context.inputs[0].batch * context.inputs[0].shape.area)
    let unbiased = statistics.variance * count / max(1, count - 1)
    let (mean, variance) = (context.buffers[0], context.buffers[1])
    mean[channel] += Scalar(momentum) * (Scalar(statistics.mean) - mean[channel])
    variance[channel] += Scalar(momentum) * (Scalar(unbiased) - variance[channel])
  }
}
