import Networks

/// Matrix products for each image and head; the weights are computed again in the backward pass.
extension DotProductAttention: ReferenceKernel {
  func scratchCount(inputs: [Shape], output: Shape) -> Int {
    let cells = output.area
    let width = inputs[0].channels / heads
    let offsets = 2 * output.height + 2 * output.width - 2
    return 2 * cells * cells + (positions > 0 ? offsets * (cells + 2 * width) : 0)
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let work = AttentionWork(self, context)
    for image in 0..<context.output.batch {
      for head in 0..<heads {
        work.weigh(image, head)
        let (values, result) = (
          work.head(context.inputs[2], image, head), work.head(context.output, image, head)
        )
        // Y = V·Pᵀ
        Scalar.multiplyMatrices(
          transposeA: false, transposeB: true, rows: work.valueWidth, columns: work.cells,
          inner: work.cells, alpha: 1, a: values, strideA: work.cells, b: work.weights,
          strideB: work.cells, beta: 0, c: result, strideC: work.cells)
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let work = AttentionWork(self, context)
    work.clearTableGradients()
    for image in 0..<context.output.batch {
      for head in 0..<heads {
        work.weigh(image, head)
        work.differentiate(image, head)
      }
    }
    work.addTableGradients()
  }
}

/// One call's memory and extents.
private struct AttentionWork<Scalar: ReferenceScalar> {
  let attention: DotProductAttention
  let context: ReferenceContext<Scalar>
  let height: Int
  let width: Int
  /// Channels of a head's queries and keys.
  let queryWidth: Int
  let valueWidth: Int
  /// `[cells, cells]`: rows are queries.
  let weights: UnsafeMutablePointer<Scalar>
  let gradients: UnsafeMutablePointer<Scalar>
  /// `[offsets, queryWidth]`, those along the height first; and their gradients.
  private let table: UnsafeMutablePointer<Scalar>
  private let tableGradient: UnsafeMutablePointer<Scalar>
  /// `[cells, offsets]`
  private let byOffset: UnsafeMutablePointer<Scalar>

  var cells: Int { height * width }
  private var offsets: Int { 2 * height + 2 * width - 2 }
  private var hasPositions: Bool { attention.positions > 0 }
  private var scale: Scalar { 1 / Scalar(queryWidth).squareRoot() }

  init(_ attention: DotProductAttention, _ context: ReferenceContext<Scalar>) {
    self.attention = attention
    self.context = context
    let shape = context.output.shape
    (height, width) = (shape.height, shape.width)
    queryWidth = context.inputs[0].shape.channels / attention.heads
    valueWidth = shape.channels / attention.heads
    weights = context.scratch!
    gradients = weights + shape.area * shape.area
    byOffset = gradients + shape.area * shape.area
    let count = attention.positions > 0 ? 2 * height + 2 * width - 2 : 0
    table = byOffset + count * shape.area
    tableGradient = table + count * queryWidth
    if hasPositions { interpolate() }
  }

  func head(_ tensor: ReferenceTensor<Scalar>, _ image: Int, _ head: Int)
    -> UnsafeMutablePointer<Scalar>
  {
    tensor.plane(image, head * (tensor.shape.channels / attention.heads))
  }

  /// Calls `body` with the place of each offset in `table`, the parameter it comes from, and where
  /// there.
  private func forEachOffset(_ body: (Int, Int, DotProductAttention.Blend) -> Void) {
    for (axis, count) in [height, width].enumerated() {
      for (index, blend) in attention.blends(cells: count).enumerated() {
        body((axis == 0 ? 0 : 2 * height - 1) + index, axis, blend)
      }
    }
  }

  private func interpolate() {
    forEachOffset { place, axis, blend in
      let source = context.parameters[axis]
      for i in 0..<queryWidth {
        let low = source[blend.low * queryWidth + i]
        let high = source[blend.high * queryWidth + i]
        table[place * queryWidth + i] = low + Scalar(blend.weight) * (high - low)
      }
    }
  }

  func clearTableGradients() {
    if hasPositions { tableGradient.update(repeating: 0, count: offsets * queryWidth) }
  }

  func addTableGradients() {
    guard hasPositions else { return }
    forEachOffset { place, axis, blend in
      let target = context.parameterGradients[axis]
      for i in 0..<queryWidth {
        let gradient = tableGradient[place * queryWidth + i]
        target[blend.low * queryWidth + i] += Scalar(1 - blend.weight) * gradient
        target[blend.high * queryWidth + i] += Scalar(blend.weight) * gradient
      }
    }
  }

  /// Calls `body` with a pair of cells' place in `weights` and its two places in `byOffset`.
  @inline(__always)
  private func forEachPair(_ body: (_ pair: Int, _ vertical: Int, _ horizontal: Int) -> Void) {
    for query in 0..<cells {
      let (y, x) = (query / width, query % width)
      for key in 0..<cells {
        let row = query * offsets
        body(
          query * cells + key, row + key / width - y + height - 1,
          row + 2 * height - 1 + key % width - x + width - 1)
      }
    }
  }

  /// P = softmax(QᵀK / √d + positions)
  func weigh(_ image: Int, _ head: Int) {
    let (queries, keys) = (
      self.head(context.inputs[0], image, head), self.head(context.inputs[1], image, head)
    )
    Scalar.multiplyMatrices(
      transposeA: true, transposeB: false, rows: cells, columns: cells, inner: queryWidth,
      alpha: scale, a: queries, strideA: cells, b: keys, strideB: cells, beta: 0, c: weights,
      strideC: cells)
    if hasPositions {
      Scalar.multiplyMatrices(
        transposeA: true, transposeB: true, rows: cells, columns: offsets, inner: queryWidth,
        alpha: 1, a: queries, strideA: cells, b: table, strideB: queryWidth, beta: 0, c: byOffset,
        strideC: offsets)
      forEachPair { weights[$0] += byOffset[$1] + byOffset[$2] }
    }
    for query in 0..<cells {
      let row = weights + query * cells
      softmax(row, into: row, count: cells, step: 1)
    }
  }

  func differentiate(_ image: Int, _ head: Int) {
    let values = self.head(context.inputs[2], image, head)
    let outgoing = self.head(context.outputGradient!, image, head)
    if let target = context.inputGradients[2].map({ self.head($0, image, head) }) {
      // ∂V = ∂Y·P
      Scalar.multiplyMatrices(
        transposeA: false, transposeB: false, rows: valueWidth, columns: cells, inner: cells,
        alpha: 1, a: outgoing, strideA: cells, b: weights, strideB: cells, beta: 1, c: target,
        strideC: cells)
    }
    // ∂P = ∂Yᵀ·V, then through the softmax.
    Scalar.multiplyMatrices(
      transposeA: true, transposeB: false, rows: cells, columns: cells, inner: valueWidth, alpha: 1,
      a: outgoing, strideA: cells, b: values, strideB: cells, beta: 0, c: gradients, strideC: cells)
    for query in 0..<cells {
      let (row, weight) = (gradients + query * cells, weights + query * cells)
      var sum: Scalar = 0
      for key in 0..<cells { sum += row[key] * weight[key] }
      for key in 0..<cells { row[key] = weight[key] * (row[key] - sum) }
    }
    let queries = self.head(context.inputs[0], image, head)
    if let target = context.inputGradients[1].map({ self.head($0, image, head) }) {
      // ∂K = Q·∂L / √d
      Scalar.multiplyMatrices(
        transposeA: false, transposeB: false, rows: queryWidth, columns: cells, inner: cells,
        alpha: scale, a: queries, strideA: cells, b: gradients, strideB: cells, beta: 1, c: target,
        strideC: cells)
    }
    let target = context.inputGradients[0].map { self.head($0, image, head) }
    if let target {
      // ∂Q = K·∂Lᵀ / √d
      Scalar.multiplyMatrices(
        transposeA: false, transposeB: true, rows: queryWidth, columns: cells, inner: cells,
        alpha: scale, a: self.head(context.inputs[1], image, head), strideA: cells, b: gradients,
        strideB: cells, beta: 1, c: target, strideC: cells)
    }
    guard hasPositions else { return }
    byOffset.update(repeating: 0, count: cells * offsets)
    forEachPair {
      byOffset[$1] += gradients[$0]
      byOffset[$2] += gradients[$0]
    }
    // ∂R = ∂Bᵀ·Qᵀ, ∂Q += Rᵀ·∂Bᵀ
    Scalar.multiplyMatrices(
      transposeA: true, transposeB: true, rows: offsets, columns: queryWidth, inner: cells,
      alpha: 1,
      a: byOffset, strideA: offsets, b: queries, strideB: cells, beta: 1, c: tableGradient,
      strideC: queryWidth)
    if let target {
      Scalar.multiplyMatrices(
        transposeA: true, transposeB: true, rows: queryWidth, columns: cells, inner: offsets,
        alpha: 1, a: table, strideA: queryWidth, b: byOffset, strideB: offsets, beta: 1, c: target,
        strideC: cells)
    }
  }
}
