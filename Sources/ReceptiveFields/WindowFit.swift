import Networks

/// How the places of a sliding window meet the cells of its input along one axis.
///
/// Place `i` reads cells `stride·i − near + spacing·j`, `j < count`; there are `places` of them, the
/// quotient of ``Window/outputExtent(_:)`` rounded down. What the quotient leaves over lies at the
/// far side (bottom, right): padding first, then cells.
struct WindowFit: Hashable {
  let cells: Int
  let places: Int
  let stride: Int
  let spacing: Int
  let count: Int
  /// Padding before the first cell and after the last one.
  let near: Int
  let far: Int

  init(_ window: Window, _ axis: Axis, input: Shape, output: Shape) {
    cells = axis.extent(input)
    places = axis.extent(output)
    stride = axis.along(window.stride)
    spacing = axis.along(window.dilation)
    count = axis.along(window.kernel)
    near = axis.leading(window.padding)
    far = axis.trailing(window.padding)
  }

  /// Where the last place ends; cells, the first being 0.
  private var end: Int { stride * (places - 1) - near + spacing * (count - 1) + 1 }

  /// Cells at the far side that no place reaches.
  var unread: Int { max(0, cells - end) }

  /// Padding at the far side that no place reaches.
  var unusedFar: Int { far - min(far, max(0, end - cells)) }

  /// Cells before ``unread`` that lie between places, or in the gaps of a dilated window.
  var skipped: Int {
    var isRead = [Bool](repeating: false, count: cells)
    for place in 0..<places {
      for tap in 0..<count {
        let cell = stride * place - near + spacing * tap
        if isRead.indices.contains(cell) { isRead[cell] = true }
      }
    }
    return isRead.count { !$0 } - unread
  }
}

extension Graph.Node {
  /// The window of a convolution or pooling that moves by more than a cell.
  var stridedWindow: Window? {
    guard case .window(let window) = operation.rules.receptiveStep(input: 0),
      window.stride.area > 1
    else { return nil }
    return window
  }
}
