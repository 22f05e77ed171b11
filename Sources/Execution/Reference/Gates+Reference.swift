import Networks

extension SpatialMaximum: ReferenceKernel {
  /// The first of the largest cells; a NaN wins, so that it is not hidden.
  @inline(__always)
  private func largest<Scalar: ReferenceScalar>(_ plane: UnsafePointer<Scalar>, _ area: Int) -> Int
  {
    var best = 0
    for cell in 1..<max(1, area) where plane[cell] > plane[best] || plane[cell].isNaN {
      best = cell
    }
    return best
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let area = context.inputs[0].shape.area
    for plane in 0..<context.output.count {
      let source = context.inputs[0].pointer + plane * area
      context.output.pointer[plane] = source[largest(source, area)]
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let target = context.inputGradients[0] else { return }
    let area = target.shape.area
    for plane in 0..<context.output.count {
      let cell = largest(context.inputs[0].pointer + plane * area, area)
      target.pointer[plane * area + cell] += context.outputGradient!.pointer[plane]
    }
  }
}

extension ChannelSummary: ReferenceKernel {
  @inline(__always)
  private func largest<Scalar: ReferenceScalar>(
    _ x: ReferenceTensor<Scalar>, _ image: Int, _ cell: Int
  ) -> Int {
    var best = 0
    for channel in 1..<max(1, x.shape.channels) {
      let value = x.plane(image, channel)[cell]
      if value > x.plane(image, best)[cell] || value.isNaN { best = channel }
    }
    return best
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    for image in 0..<x.batch {
      let (means, maxima) = (y.plane(image, 0), y.plane(image, 1))
      for cell in 0..<x.shape.area {
        var sum = 0.0
        for channel in 0..<x.shape.channels { sum += Double(x.plane(image, channel)[cell]) }
        means[cell] = Scalar(sum / Double(x.shape.channels))
        maxima[cell] = x.plane(image, largest(x, image, cell))[cell]
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let target = context.inputGradients[0] else { return }
    let (x, gradient) = (context.inputs[0], context.outputGradient!)
    for image in 0..<x.batch {
      for cell in 0..<x.shape.area {
        let share = gradient.plane(image, 0)[cell] / Scalar(x.shape.channels)
        for channel in 0..<x.shape.channels { target.plane(image, channel)[cell] += share }
        target.plane(image, largest(x, image, cell))[cell] += gradient.plane(image, 1)[cell]
      }
    }
  }
}

extension ChannelConvolution: ReferenceKernel {
  /// The taps that lie on channels, for one channel.
  @inline(__always)
  private func taps(_ channel: Int, _ channels: Int) -> Range<Int> {
    let half = kernel / 2
    return max(0, half - channel)..<min(kernel, channels - channel + half)
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y, weight) = (context.inputs[0], context.output, context.parameters[0])
    for image in 0..<x.batch {
      for channel in 0..<x.shape.channels {
        let target = y.plane(image, channel)
        target.update(repeating: 0, count: x.shape.area)
        for tap in taps(channel, x.shape.channels) {
          let source = x.plane(image, channel + tap - kernel / 2)
          for cell in 0..<x.shape.area { target[cell] += weight[tap] * source[cell] }
        }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gradient, weight) = (context.inputs[0], context.outputGradient!, context.parameters[0])
    for image in 0..<x.batch {
      for channel in 0..<x.shape.channels {
        let incoming = gradient.plane(image, channel)
        for tap in taps(channel, x.shape.channels) {
          let source = channel + tap - kernel / 2
          let values = x.plane(image, source)
          var sum: Scalar = 0
          for cell in 0..<x.shape.area { sum += incoming[cell] * values[cell] }
          context.parameterGradients[0][tap] += sum
          guard let target = context.inputGradients[0]?.plane(image, source) else { continue }
          for cell in 0..<x.shape.area { target[cell] += weight[tap] * incoming[cell] }
        }
      }
    }
  }
}
