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

/// What a channel is centred and scaled by, and how the result is corrected: `x̂·factor + summand`.
private struct ChannelTransform {
  var statistics: ChannelStatistics
  var factor = 1.0
  var summand = 0.0
  /// Whether the statistics depend on what is normalised.
  var isOfBatch: Bool
}

extension BatchNorm: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    let (weights, biases) = (weights(context), biases(context))
    for channel in 0..<x.shape.channels {
      let transform = transform(context, channel)
      if transform.isOfBatch { updateRunning(context, channel, transform.statistics) }
      let weight = Double(weights[channel])
      let scale = weight * transform.factor * transform.statistics.inverseDeviation(epsilon)
      let offset = Double(biases[channel]) + weight * transform.summand
      for image in 0..<x.batch {
        let (source, target) = (x.plane(image, channel), y.plane(image, channel))
        for cell in 0..<x.shape.area {
          target[cell] = Scalar(
            (Double(source[cell]) - transform.statistics.mean) * scale + offset)
        }
      }
    }
  }

  /// With `x̂ = (x − μ) / √(σ² + ε)` and `y = γ·(r·x̂ + d) + β`: `∂β = Σ∂y`, `∂γ = Σ∂y·(r·x̂ + d)`; where
  /// μ and σ² depend on `x`, `∂x = γ·r / √(σ² + ε) · (∂y − Σ∂y / n − x̂·Σ∂y·x̂ / n)` over the `n` cells of
  /// a channel; else `∂x = γ / √(σ² + ε) · ∂y`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gradient) = (context.inputs[0], context.outputGradient!)
    let weights = weights(context)
    let count = Double(x.batch * x.shape.area)
    for channel in 0..<x.shape.channels {
      let transform = transform(context, channel, isBackward: true)
      let statistics = transform.statistics
      let inverse = statistics.inverseDeviation(epsilon)
      var (sum, product) = (0.0, 0.0)
      for image in 0..<x.batch {
        let (values, gradients) = (x.plane(image, channel), gradient.plane(image, channel))
        for cell in 0..<x.shape.area {
          sum += Double(gradients[cell])
          product += Double(gradients[cell]) * (Double(values[cell]) - statistics.mean) * inverse
        }
      }
      if !context.parameterGradients.isEmpty {
        context.parameterGradients[0][channel] += Scalar(
          transform.factor * product + transform.summand * sum)
        context.parameterGradients[1][channel] += Scalar(sum)
      }
      guard let target = context.inputGradients[0] else { continue }
      let scale = Double(weights[channel]) * transform.factor * inverse
      let (meanSum, meanProduct) = transform.isOfBatch ? (sum / count, product / count) : (0, 0)
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
  private func weights<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>)
    -> UnsafeMutableBufferPointer<Scalar>
  {
    statistics == .frozen ? context.buffers[2] : context.parameters[0]
  }

  @inline(__always)
  private func biases<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>)
    -> UnsafeMutableBufferPointer<Scalar>
  {
    statistics == .frozen ? context.buffers[3] : context.parameters[1]
  }

  /// - Parameter isBackward: whether the forward pass has left its correction.
  @inline(__always)
  private func transform<Scalar: ReferenceScalar>(
    _ context: ReferenceContext<Scalar>, _ channel: Int, isBackward: Bool = false
  ) -> ChannelTransform {
    let running = ChannelStatistics(
      mean: Double(context.buffers[0][channel]), variance: Double(context.buffers[1][channel]))
    guard context.mode == .training, statistics != .frozen else {
      return ChannelTransform(statistics: running, isOfBatch: false)
    }
    let batch = ChannelStatistics(context.inputs[0], channel: channel)
    var transform = ChannelTransform(statistics: batch, isOfBatch: true)
    guard case .renormalized(let bounds) = statistics else { return transform }
    if !isBackward {
      let (scale, shift) = bounds.bounds(step: context.arguments.step)
      let (largest, farthest) = (Double(scale), Double(shift))
      let inverse = running.inverseDeviation(epsilon)
      let ratio = inverse / batch.inverseDeviation(epsilon)
      let difference = (batch.mean - running.mean) * inverse
      context.buffers[2][channel] = Scalar(min(largest, max(1 / largest, ratio)))
      context.buffers[3][channel] = Scalar(min(farthest, max(-farthest, difference)))
    }
    transform.factor = Double(context.buffers[2][channel])
    transform.summand = Double(context.buffers[3][channel])
    return transform
  }

  @inline(__always)
  private func unbiased<Scalar: ReferenceScalar>(
    _ statistics: ChannelStatistics, _ context: ReferenceContext<Scalar>
  ) -> Double {
    let count = Double(context.inputs[0].batch * context.inputs[0].shape.area)
    return statistics.variance * count / max(1, count - 1)
  }

  @inline(__always)
  private func updateRunning<Scalar: ReferenceScalar>(
    _ context: ReferenceContext<Scalar>, _ channel: Int, _ statistics: ChannelStatistics
  ) {
    let (mean, variance) = (context.buffers[0], context.buffers[1])
    mean[channel] += Scalar(momentum) * (Scalar(statistics.mean) - mean[channel])
    variance[channel] +=
      Scalar(momentum) * (Scalar(unbiased(statistics, context)) - variance[channel])
  }
}
