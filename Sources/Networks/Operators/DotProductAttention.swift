/// Gives each cell the mean of all cells' values, weighted by how well its query agrees with their
/// keys.
///
/// For each head, with queries `q`, keys `k` and values `v` of `d` channels a cell:
/// `y_i = Σⱼ softmaxⱼ(qᵢ·kⱼ / √d + qᵢ·(r_h[yⱼ − yᵢ] + r_w[xⱼ − xᵢ]))·vⱼ`; `r_h` and `r_w`, one vector
/// for each offset along an axis, are shared by the heads.
///
/// The offsets' tables are learned for `positions` cells along each axis. At `n` cells offset Δ takes
/// what stands at offset `Δ·(positions − 1) / (n − 1)`, linearly between the two nearest: the edges
/// of the picture stay the edges, wherever the cells between them lie.
///
/// - Inputs: queries and keys `[N, heads·d, H, W]`, values `[N, heads·dᵥ, H, W]`
/// - Output: `[N, heads·dᵥ, H, W]`
/// - Parameters: `height_offsets`, `width_offsets` `[2·positions − 1, d]`
///
/// Vaswani et al.: *Attention Is All You Need*, NeurIPS 2017, §3.2; relative positions in two
/// dimensions: Srinivas et al.: *Bottleneck Transformers*, CVPR 2021, §3 and figure 4.
public struct DotProductAttention: Operator {
  public var heads: Int
  /// 0: no positions.
  public var positions: Int

  public init(heads: Int, positions: Int) {
    self.heads = heads
    self.positions = positions
  }

  public var label: String { "attention" }

  public func channels(_ inputs: [Int]) -> Int {
    precondition(
      inputs[0] == inputs[1] && inputs[0] % heads == 0 && inputs[2] % heads == 0,
      "attention: \(inputs) channels are no \(heads) heads of queries, keys and values")
    return inputs[2]
  }

  public func outputShape(_ inputs: [Shape]) -> Shape { inputs[2] }

  /// Queries and keys only weigh values.
  public func receptiveStep(input: Int) -> ReceptiveStep { input == 2 ? .global : .gate }

  /// Of the three matrix products: with keys, with offsets, with values.
  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
    let cells = output.area
    let offsets = positions > 0 ? 2 * output.height + 2 * output.width - 2 : 0
    return cells * (inputs[0].channels * (cells + offsets) + inputs[2].channels * cells)
  }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    guard positions > 0 else { return [] }
    let width = inputs[0] / heads
    return ["height_offsets", "width_offsets"].map {
      TensorSpecification(
        name: $0, shape: [2 * positions - 1, width],
        initializer: .normal(deviation: 1 / Float(width).squareRoot()))
    }
  }
}

extension DotProductAttention {
  /// The two rows of a table between which an offset's vector lies, and the second's weight.
  public struct Blend: Sendable {
    public var low: Int
    public var high: Int
    public var weight: Double
  }

  /// Of the offsets `1 − cells ... cells − 1`.
  public func blends(cells: Int) -> [Blend] {
    (1 - cells..<cells).map { offset in
      guard cells > 1 else { return Blend(low: positions - 1, high: positions - 1, weight: 0) }
      let last = 2 * positions - 2
      // In whole numbers, so that equal sizes take the rows themselves.
      let place = (offset + cells - 1) * last
      let span = 2 * cells - 2
      let low = place / span
      return Blend(
        low: low, high: min(low + 1, last),
        weight: Double(place - low * span) / Double(span))
    }
  }
}

extension Value {
  /// Self holds the queries.
  public func attending(
    keys: Value, values: Value, heads: Int, positions: Int
  ) -> Value {
    applying(
      .attention(DotProductAttention(heads: heads, positions: positions)), with: [keys, values])
  }
}

extension Graph {
  /// What tables of positions do at sizes they were not learned for, in one sentence; nil where each
  /// meets as many cells as it was learned for.
  ///
  /// - Parameter sizes: a shape for each input, at each size that the network runs at.
  public func positionNote(_ sizes: [[Shape]]) -> String? {
    let shapes = sizes.map { self.shapes(inputs: $0) }
    let moved = nodes.indices.compactMap { index -> (node: Int, learned: Int, cells: [Shape])? in
      guard case .attention(let attention) = nodes[index].operation, attention.positions > 0 else {
        return nil
      }
      let (learned, cells) = (attention.positions, shapes.map { $0[index] })
      let isMoved = cells.contains { $0.height != learned || $0.width != learned }
      return isMoved ? (index, learned, cells) : nil
    }
    guard let first = moved.first else { return nil }
    let others = first.cells.filter { $0.height != first.learned || $0.width != first.learned }
    let cells = others.sorted { $0.area < $1.area }
    var range = [cells.first, cells.last].compactMap { $0.map { "\($0.height)×\($0.width)" } }
    if range.first == range.last { range.removeLast() }
    let more = moved.count > 1 ? " and \(moved.count - 1) more" : ""
    let place = others.count < first.cells.count ? " where there are others," : ""
    return "\(nodes[first.node].name)\(more): positions learned for "
      + "\(first.learned)×\(first.learned) cells are interpolated linearly\(place) to "
      + range.joined(separator: " … ") + (moved.count > 1 ? " in the first" : "")
  }
}
