import Networks

extension StochasticPooling: ReferenceKernel {
  /// The positive cells under one position of the window, and their sum.
  @inline(__always)
  private func positive<Scalar: ReferenceScalar>(
    _ plane: UnsafePointer<Scalar>, _ input: Shape, _ y: Int, _ x: Int,
    _ body: (_ cell: Int, _ value: Scalar) -> Void
  ) {
    let top = y * window.stride.height - window.padding.top
    let left = x * window.stride.width - window.padding.left
    for row in max(0, top)..<min(input.height, top + window.kernel.height) {
      for column in max(0, left)..<min(input.width, left + window.kernel.width) {
        let cell = row * input.width + column
        // What is no number counts, so that it is not hidden.
        if !(plane[cell] <= 0) { body(cell, plane[cell]) }
      }
    }
  }

  /// The cell that is drawn; nil where none is positive.
  private func drawn<Scalar: ReferenceScalar>(
    _ context: ReferenceContext<Scalar>, _ plane: UnsafePointer<Scalar>, _ position: Int, _ y: Int,
    _ x: Int
  ) -> Int? {
    let input = context.inputs[0].shape
    var sum: Scalar = 0
    var last: Int?
    positive(plane, input, y, x) {
      sum += $1
      last = $0
    }
    let arguments = context.arguments
    let key = key(
      node: context.name, seed: arguments.seed, epoch: arguments.epoch, batch: arguments.batch)
    let (picture, place) = position.quotientAndRemainder(dividingBy: context.output.shape.count)
    var rest = sum * Scalar(DrawnWords(key: key, picture: picture).uniform(place))
    var chosen: Int?
    positive(plane, input, y, x) {
      if chosen == nil && rest < $1 { chosen = $0 }
      rest -= $1
    }
    // Rounding may leave a rest behind the last cell.
    return chosen ?? last
  }

  @inline(__always)
  private func forEachPosition(
    planes: Int, _ output: Shape,
    _ body: (_ plane: Int, _ position: Int, _ y: Int, _ x: Int) -> Void
  ) {
    for plane in 0..<planes {
      for y in 0..<output.height {
        for x in 0..<output.width {
          body(plane, plane * output.area + y * output.width + x, y, x)
        }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let (input, output) = (context.inputs[0], context.output)
    forEachPosition(planes: output.batch * output.shape.channels, output.shape) {
      plane, position, y, x in
      let source = UnsafePointer(input.pointer + plane * input.shape.area)
      guard context.mode == .inference else {
        output.pointer[position] = drawn(context, source, position, y, x).map { source[$0] } ?? 0
        return
      }
      var (sum, squares): (Scalar, Scalar) = (0, 0)
      positive(source, input.shape, y, x) {
        sum += $1
        squares += $1 * $1
      }
      output.pointer[position] = sum == 0 ? 0 : squares / sum
    }
  }

  /// To the cell that was drawn; in inference `∂aᵢ = (2·aᵢ − y) / Σ aⱼ · ∂y`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    guard let inputGradient = context.inputGradients[0] else { return }
    let (input, gradient) = (context.inputs[0], context.outputGradient!)
    forEachPosition(planes: gradient.batch * gradient.shape.channels, gradient.shape) {
      plane, position, y, x in
      let start = plane * input.shape.area
      let (source, target) = (UnsafePointer(input.pointer + start), inputGradient.pointer + start)
      let incoming = gradient.pointer[position]
      guard context.mode == .inference else {
        if let cell = drawn(context, source, position, y, x) { target[cell] += incoming }
        return
      }
      var sum: Scalar = 0
      positive(source, input.shape, y, x) { sum += $1 }
      positive(source, input.shape, y, x) {
        target[$0] += incoming * (2 * $1 - context.output.pointer[position]) / sum
      }
    }
  }
}
