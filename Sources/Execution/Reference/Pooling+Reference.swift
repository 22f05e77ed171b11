import Networks

extension Pooling: ReferenceKernel {
  /// The part of an input plane under one position of the window.
  @inline(__always)
  private func cells(_ input: Shape, _ y: Int, _ x: Int) -> (rows: Range<Int>, columns: Range<Int>)
  {
    let top = y * window.stride.height - window.padding.top
    let left = x * window.stride.width - window.padding.left
    return (
      max(0, top)..<min(input.height, top + window.kernel.height),
      max(0, left)..<min(input.width, left + window.kernel.width)
    )
  }

  /// The first of the largest cells; a NaN wins, so that it is not hidden.
  @inline(__always)
  private func largest<Scalar: ReferenceScalar>(
    _ plane: UnsafePointer<Scalar>, _ input: Shape,
    _ cells: (rows: Range<Int>, columns: Range<Int>)
  ) -> Int {
    var best = cells.rows.lowerBound * input.width + cells.columns.lowerBound
    for row in cells.rows {
      for column in cells.columns {
        let cell = row * input.width + column
        if plane[cell] > plane[best] || plane[cell].isNaN { best = cell }
      }
    }
    return best
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (input, output) = (context.inputs[0], context.output)
    for plane in 0..<output.batch * output.shape.channels {
      let source = input.pointer + plane * input.shape.area
      var target = output.pointer + plane * output.shape.area
      for y in 0..<output.shape.height {
        for x in 0..<output.shape.width {
          let cells = cells(input.shape, y, x)
          switch kind {
          case .maximum: target.pointee = source[largest(source, input.shape, cells)]
          case .average:
            var sum: Scalar = 0
            for row in cells.rows {
              for column in cells.columns { sum += source[row * input.shape.width + column] }
            }
            target.pointee = sum / Scalar(cells.rows.count * cells.columns.count)
          }
          target += 1
        }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let inputGradient = context.inputGradients[0] else { return }
    let (input, gradient) = (context.inputs[0], context.outputGradient!)
    for plane in 0..<gradient.batch * gradient.shape.channels {
      let source = input.pointer + plane * input.shape.area
      let target = inputGradient.pointer + plane * input.shape.area
      var incoming = gradient.pointer + plane * gradient.shape.area
      for y in 0..<gradient.shape.height {
        for x in 0..<gradient.shape.width {
          let cells = cells(input.shape, y, x)
          switch kind {
          case .maximum: target[largest(source, input.shape, cells)] += incoming.pointee
          case .average:
            let share = incoming.pointee / Scalar(cells.rows.count * cells.columns.count)
            for row in cells.rows {
              for column in cells.columns { target[row * input.shape.width + column] += share }
            }
          }
          incoming += 1
        }
      }
    }
  }
}

extension SpatialMean: ReferenceKernel {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let area = context.inputs[0].shape.area
    for plane in 0..<context.output.count {
      let source = context.inputs[0].pointer + plane * area
      var sum = 0.0
      for cell in 0..<area { sum += Double(source[cell]) }
      context.output.pointer[plane] = Scalar(sum / Double(area))
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let inputGradient = context.inputGradients[0] else { return }
    let area = inputGradient.shape.area
    for plane in 0..<context.output.count {
      let target = inputGradient.pointer + plane * area
      let share = context.outputGradient!.pointer[plane] / Scalar(area)
      for cell in 0..<area { target[cell] += share }
    }
  }
}
