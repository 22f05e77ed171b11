import Networks

extension AdaptivePooling: ReferenceKernel {
  private func cells(_ input: Shape, _ y: Int, _ x: Int) -> (rows: Range<Int>, columns: Range<Int>)
  {
    (
      Self.cells(y, of: bins.height, size: input.height),
      Self.cells(x, of: bins.width, size: input.width)
    )
  }

  /// The first of the largest cells; a NaN wins, so that it is not hidden.
  private func largest<Scalar: ReferenceScalar>(
    _ plane: UnsafePointer<Scalar>, _ width: Int, _ cells: (rows: Range<Int>, columns: Range<Int>)
  ) -> Int {
    var best = cells.rows.lowerBound * width + cells.columns.lowerBound
    for row in cells.rows {
      for column in cells.columns {
        let cell = row * width + column
        if plane[cell] > plane[best] || plane[cell].isNaN { best = cell }
      }
    }
    return best
  }

  /// Calls `body` for each bin of each plane.
  private func forEachBin(
    planes: Int, _ input: Shape,
    _ body: (_ plane: Int, _ bin: Int, _ cells: (rows: Range<Int>, columns: Range<Int>)) -> Void
  ) {
    for plane in 0..<planes {
      for y in 0..<bins.height {
        for x in 0..<bins.width {
          body(plane * input.area, plane * bins.area + y * bins.width + x, cells(input, y, x))
        }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (x, y) = (context.inputs[0], context.output)
    forEachBin(planes: y.batch * y.shape.channels, x.shape) { plane, bin, cells in
      let source = UnsafePointer(x.pointer + plane)
      guard kind == .average else {
        y.pointer[bin] = source[largest(source, x.shape.width, cells)]
        return
      }
      var sum: Scalar = 0
      for row in cells.rows {
        for column in cells.columns { sum += source[row * x.shape.width + column] }
      }
      y.pointer[bin] = sum / Scalar(cells.rows.count * cells.columns.count)
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let inputGradient = context.inputGradients[0] else { return }
    let (x, gradient) = (context.inputs[0], context.outputGradient!)
    forEachBin(planes: gradient.batch * gradient.shape.channels, x.shape) { plane, bin, cells in
      let target = inputGradient.pointer + plane
      guard kind == .average else {
        target[largest(UnsafePointer(x.pointer + plane), x.shape.width, cells)] +=
          gradient.pointer[bin]
        return
      }
      let share = gradient.pointer[bin] / Scalar(cells.rows.count * cells.columns.count)
      for row in cells.rows {
        for column in cells.columns { target[row * x.shape.width + column] += share }
      }
    }
  }
}
