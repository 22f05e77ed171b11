import Networks

/// The oracle: for every cell of every node the set of pixels that reach it along features, carried
/// forward cell by cell as each operator defines what it reads.
struct NaiveSupport {
  /// Of every node, row by row of its cells.
  private(set) var sets: [[PixelSet]] = []
  let shapes: [Shape]
  private let picture: Shape

  init(_ graph: Graph, picture: Shape) {
    self.picture = picture
    shapes = graph.shapes(inputs: [picture])
    for (index, node) in graph.nodes.enumerated() {
      sets.append([])
      let cells = (0..<shapes[index].height).flatMap { y in
        (0..<shapes[index].width).map { x in
          pixels(node.operation, node.inputs, to: shapes[index], y, x)
        }
      }
      sets[index] = cells
    }
  }

  func hull(of node: Int, row: Int, column: Int) -> (rows: Range<Int>, columns: Range<Int>)? {
    sets[node][row * shapes[node].width + column].hull(width: picture.width)
  }

  private func pixels(_ operation: Operation, _ inputs: [Int], to: Shape, _ y: Int, _ x: Int)
    -> PixelSet
  {
    switch operation {
    case .input:
      return PixelSet(y * picture.width + x, of: picture.area)
    case .convolution(let convolution):
      return window(convolution.window, inputs[0], y, x)
    case .pooling(let pooling):
      return window(pooling.window, inputs[0], y, x)
    case .transposedConvolution(let operation):
      return spread(operation.window, inputs[0], y, x)
    case .stochasticPooling(let pooling):
      return window(pooling.window, inputs[0], y, x)
    case .borderPadding(let padding):
      return continued(padding, inputs[0], y, x)
    case .adaptivePooling(let pooling):
      let from = shapes[inputs[0]]
      return union(
        AdaptivePooling.cells(y, of: pooling.bins.height, size: from.height).flatMap { row in
          AdaptivePooling.cells(x, of: pooling.bins.width, size: from.width).map {
            cell(inputs[0], row, $0)
          }
        })
    case .spatialMean, .spatialMaximum:
      return union(sets[inputs[0]])
    case .attention:
      return union(sets[inputs[2]])
    case .resize(let resize):
      return resized(resize.mode, inputs[0], to: to, y, x)
    case .concatenation, .addition, .weightedSum:
      return inputs.dropFirst().reduce(cell(inputs[0], y, x)) { $0.union(cell($1, y, x)) }
    case .regionPooling: preconditionFailure("no region pooling in these networks")
    case .batchNorm, .groupNorm, .activation, .gating, .linear, .channelSummary, .softmax,
      .branchSum,
      .channelConvolution, .dropout, .output:
      return cell(inputs[0], y, x)
    }
  }

  private func union(_ sets: [PixelSet]) -> PixelSet {
    sets.dropFirst().reduce(sets[0]) { $0.union($1) }
  }

  private func cell(_ node: Int, _ y: Int, _ x: Int) -> PixelSet {
    sets[node][y * shapes[node].width + x]
  }

  /// Every cell whose filter reaches this one.
  private func spread(_ window: Window, _ input: Int, _ y: Int, _ x: Int) -> PixelSet {
    var set = PixelSet(of: picture.area)
    for row in 0..<shapes[input].height {
      for column in 0..<shapes[input].width {
        let down = y + window.padding.top - row * window.stride.height
        let right = x + window.padding.left - column * window.stride.width
        if (0..<window.kernel.height).contains(down), (0..<window.kernel.width).contains(right) {
          set = set.union(cell(input, row, column))
        }
      }
    }
    return set
  }

  /// Beyond a border the walk goes on along the border's cell, or turns round at it.
  private func continued(_ padding: BorderPadding, _ input: Int, _ y: Int, _ x: Int) -> PixelSet {
    func inside(_ place: Int, _ count: Int) -> Int {
      let last = count - 1
      guard padding.mode == .reflect else { return place < 0 ? 0 : place > last ? last : place }
      return last - abs(last - abs(place))
    }
    return cell(
      input, inside(y - padding.padding.top, shapes[input].height),
      inside(x - padding.padding.left, shapes[input].width))
  }

  private func window(_ window: Window, _ input: Int, _ y: Int, _ x: Int) -> PixelSet {
    var set = PixelSet(of: picture.area)
    for ky in 0..<window.kernel.height {
      for kx in 0..<window.kernel.width {
        let row = y * window.stride.height + ky * window.dilation.height - window.padding.top
        let column = x * window.stride.width + kx * window.dilation.width - window.padding.left
        guard row >= 0, row < shapes[input].height, column >= 0, column < shapes[input].width
        else { continue }
        set = set.union(cell(input, row, column))
      }
    }
    return set
  }

  private func resized(_ mode: ResizeMode, _ input: Int, to: Shape, _ y: Int, _ x: Int) -> PixelSet
  {
    let from = shapes[input]
    var set = PixelSet(of: picture.area)
    for row in sources(mode, y, from.height, to.height) {
      for column in sources(mode, x, from.width, to.width) {
        set = set.union(cell(input, row, column))
      }
    }
    return set
  }

  /// Cells with a weight that is not zero, as PyTorch computes them with `align_corners=False`.
  private func sources(_ mode: ResizeMode, _ i: Int, _ input: Int, _ output: Int) -> [Int] {
    if mode == .nearest { return [i * input / output] }
    let place = max(0, (Double(i) + 0.5) * Double(input) / Double(output) - 0.5)
    let nearest = place.rounded()
    if abs(place - nearest) < 1e-9 { return [Int(nearest)] }
    let lower = Int(place)
    return lower < input - 1 ? [lower, lower + 1] : [lower]
  }
}

/// A set of pixels, by row-major index.
struct PixelSet: Hashable {
  private var words: [UInt64]

  init(of count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  init(_ pixel: Int, of count: Int) {
    self.init(of: count)
    words[pixel / 64] |= 1 << UInt64(pixel % 64)
  }

  func union(_ other: PixelSet) -> PixelSet {
    var result = self
    for index in words.indices { result.words[index] |= other.words[index] }
    return result
  }

  func hull(width: Int) -> (rows: Range<Int>, columns: Range<Int>)? {
    let pixels = (0..<words.count * 64).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    guard let first = pixels.first, let last = pixels.last else { return nil }
    let columns = pixels.map { $0 % width }
    return (first / width..<last / width + 1, columns.min()!..<columns.max()! + 1)
  }
}
