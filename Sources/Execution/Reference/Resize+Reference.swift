import Networks

/// The two input cells between which an output cell lies along one axis, and the second's weight.
private struct Blend<Scalar: ReferenceScalar> {
  let low: Int
  let high: Int
  let weight: Scalar

  /// Nearest takes cell `⌊index · input / output⌋` alone. Bilinear matches centres: the source lies
  /// at `(index + ½)·input / output − ½`, not before the first cell's centre.
  @inline(__always)
  init(_ mode: ResizeMode, _ index: Int, input: Int, output: Int) {
    switch mode {
    case .nearest:
      low = index * input / output
      high = low
      weight = 0
    case .bilinear:
      let ratio = Scalar(input) / Scalar(output)
      let position = max(0, (Scalar(index) + 0.5) * ratio - 0.5)
      low = min(Int(position), input - 1)
      high = min(low + 1, input - 1)
      weight = position - Scalar(low)
    }
  }
}

extension Resize: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (input, output) = (context.inputs[0], context.output)
    let (from, to) = (input.shape, output.shape)
    for plane in 0..<output.batch * to.channels {
      for y in 0..<to.height {
        let row = Blend<Scalar>(mode, y, input: from.height, output: to.height)
        let low = input.pointer + plane * from.area + row.low * from.width
        let high = input.pointer + plane * from.area + row.high * from.width
        let target = output.pointer + plane * to.area + y * to.width
        for x in 0..<to.width {
          let column = Blend<Scalar>(mode, x, input: from.width, output: to.width)
          let first = low[column.low] + column.weight * (low[column.high] - low[column.low])
          let second = high[column.low] + column.weight * (high[column.high] - high[column.low])
          target[x] = mode == .nearest ? low[column.low] : first + row.weight * (second - first)
        }
      }
    }
  }

  /// The transpose of the forward pass: each output cell's gradient goes to its sources by weight.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let inputGradient = context.inputGradients[0] else { return }
    let gradient = context.outputGradient!
    let (from, to) = (inputGradient.shape, gradient.shape)
    for plane in 0..<gradient.batch * to.channels {
      for y in 0..<to.height {
        let row = Blend<Scalar>(mode, y, input: from.height, output: to.height)
        let low = inputGradient.pointer + plane * from.area + row.low * from.width
        let high = inputGradient.pointer + plane * from.area + row.high * from.width
        let source = gradient.pointer + plane * to.area + y * to.width
        for x in 0..<to.width {
          let column = Blend<Scalar>(mode, x, input: from.width, output: to.width)
          let upper = source[x] * (1 - row.weight)
          let lower = source[x] * row.weight
          low[column.low] += upper * (1 - column.weight)
          low[column.high] += upper * column.weight
          high[column.low] += lower * (1 - column.weight)
          high[column.high] += lower * column.weight
        }
      }
    }
  }
}
