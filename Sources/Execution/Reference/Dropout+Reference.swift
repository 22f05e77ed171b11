import Networks

extension Dropout: ReferenceKernel {
  func scratchCount(inputs: [Shape], output: Shape) -> Int { output.count }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    guard context.mode == .training else {
      return y.pointer.update(from: x.pointer, count: y.count)
    }
    forEachPicture(context) { first, factors in
      for i in 0..<y.shape.count { y.pointer[first + i] = x.pointer[first + i] * factors[i] }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let target = context.inputGradients[0] else { return }
    let gradient = context.outputGradient!
    guard context.mode == .training else {
      for i in 0..<gradient.count { target.pointer[i] += gradient.pointer[i] }
      return
    }
    forEachPicture(context) { first, factors in
      for i in 0..<gradient.shape.count {
        target.pointer[first + i] += gradient.pointer[first + i] * factors[i]
      }
    }
  }

  @inline(__always)
  private func forEachPicture<Scalar: ReferenceScalar>(
    _ context: ReferenceContext<Scalar>,
    _ body: (_ first: Int, _ factors: UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let (shape, factors) = (context.output.shape, context.scratch!)
    let arguments = context.arguments
    let key = key(seed: arguments.seed, epoch: arguments.epoch, batch: arguments.batch)
    let rate = rate(step: arguments.step)
    for picture in 0..<context.output.batch {
      draw(DrawnWords(key: key, picture: picture), rate: rate, shape, into: factors)
      body(picture * shape.count, factors)
    }
  }

  private func draw<Scalar: ReferenceScalar>(
    _ words: DrawnWords, rate: Float, _ shape: Shape, into factors: UnsafeMutablePointer<Scalar>
  ) {
    let kept = Scalar(1 / (1 - rate))
    func factor(_ place: Int) -> Scalar { words.uniform(place) < rate ? 0 : kept }
    switch kind {
    case .elements: for i in 0..<shape.count { factors[i] = factor(i) }
    case .channels: for i in 0..<shape.count { factors[i] = factor(i / shape.area) }
    case .pictures: factors.update(repeating: factor(0), count: shape.count)
    case .gaussian:
      let deviation = (rate / (1 - rate)).squareRoot()
      for i in 0..<shape.count { factors[i] = Scalar(1 + deviation * words.normal(i)) }
    case .squares(let side): drawSquares(words, rate: rate, side: side, shape, into: factors)
    }
  }

  private func drawSquares<Scalar: ReferenceScalar>(
    _ words: DrawnWords, rate: Float, side: Int, _ shape: Shape,
    into factors: UnsafeMutablePointer<Scalar>
  ) {
    let (down, across) = (min(side, shape.height), min(side, shape.width))
    let probability = Self.middleRate(rate, side: side, in: shape)
    factors.update(repeating: 1, count: shape.count)
    for channel in 0..<shape.channels {
      let plane = channel * shape.area
      for top in 0...shape.height - down {
        for left in 0...shape.width - across
        where words.uniform(plane + top * shape.width + left) < probability {
          for row in top..<top + down {
            (factors + plane + row * shape.width + left).update(repeating: 0, count: across)
          }
        }
      }
    }
    var left = 0
    for i in 0..<shape.count where factors[i] != 0 { left += 1 }
    let scale = Scalar(Float(shape.count) / Float(max(1, left)))
    for i in 0..<shape.count { factors[i] *= scale }
  }
}
