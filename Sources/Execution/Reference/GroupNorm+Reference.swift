import Networks

/// The run of numbers that one group of one picture is.
private struct GroupRun<Scalar: ReferenceScalar> {
  let first: Int
  let count: Int
  let mean: Double
  let inverse: Double

  /// The variance in a second pass over the centred values, which loses no digits where the mean is
  /// large.
  init(_ x: ReferenceTensor<Scalar>, group: Int, of groups: Int, image: Int, epsilon: Float) {
    count = x.shape.count / groups
    first = image * x.shape.count + group * count
    let values = UnsafeBufferPointer(start: x.pointer + first, count: count)
    var sum = 0.0
    for value in values { sum += Double(value) }
    let centre = sum / Double(count)
    var squares = 0.0
    for value in values { squares += (Double(value) - centre) * (Double(value) - centre) }
    mean = centre
    inverse = 1 / (squares / Double(count) + Double(epsilon)).squareRoot()
  }
}

extension GroupNorm: ReferenceKernel {
  /// Calls `body` with each group of each picture and the first of its channels.
  @inline(__always)
  private func forEachGroup<Scalar: ReferenceScalar>(
    _ x: ReferenceTensor<Scalar>, _ body: (GroupRun<Scalar>, _ channel: Int) -> Void
  ) {
    let groups = groups(channels: x.shape.channels)
    for image in 0..<x.batch {
      for group in 0..<groups {
        body(
          GroupRun(x, group: group, of: groups, image: image, epsilon: epsilon),
          group * (x.shape.channels / groups))
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y, area) = (context.inputs[0], context.output, context.output.shape.area)
    forEachGroup(x) { run, channel in
      for i in 0..<run.count {
        let scale = Double(context.parameters[0][channel + i / area]) * run.inverse
        let centred = Double(x.pointer[run.first + i]) - run.mean
        y.pointer[run.first + i] = Scalar(
          centred * scale + Double(context.parameters[1][channel + i / area]))
      }
    }
  }

  /// With `x̂ = (x − μ) / √(σ² + ε)`: `∂β = Σ∂y`, `∂γ = Σ∂y·x̂` over the batch, height and width;
  /// `∂x = (γ·∂y − Σγ·∂y / n − x̂·Σγ·∂y·x̂ / n) / √(σ² + ε)` over the `n` numbers of a group.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, gradient) = (context.inputs[0], context.outputGradient!)
    let area = x.shape.area
    forEachGroup(x) { run, channel in
      var (sum, product) = (0.0, 0.0)
      for inner in 0..<run.count / area {
        var (own, ownProduct) = (0.0, 0.0)
        for i in run.first + inner * area..<run.first + (inner + 1) * area {
          let incoming = Double(gradient.pointer[i])
          own += incoming
          ownProduct += incoming * (Double(x.pointer[i]) - run.mean) * run.inverse
        }
        context.parameterGradients[0][channel + inner] += Scalar(ownProduct)
        context.parameterGradients[1][channel + inner] += Scalar(own)
        let weight = Double(context.parameters[0][channel + inner])
        sum += weight * own
        product += weight * ownProduct
      }
      guard let target = context.inputGradients[0] else { return }
      let (meanSum, meanProduct) = (sum / Double(run.count), product / Double(run.count))
      for i in 0..<run.count {
        let weight = Double(context.parameters[0][channel + i / area])
        let normalised = (Double(x.pointer[run.first + i]) - run.mean) * run.inverse
        let incoming = weight * Double(gradient.pointer[run.first + i])
        target.pointer[run.first + i] += Scalar(
          run.inverse * (incoming - meanSum - normalised * meanProduct))
      }
    }
  }
}
