import Networks

/// What of a picture and of its layers' padding is never used.
extension FieldAnalysis {
  /// For each row (or column) of the picture whether any cell of a node sees it, by any way.
  func isRead(by node: Int, _ axis: Axis) -> [Bool] {
    var masks = [[Bool]?](repeating: nil, count: node + 1)
    masks[node] = [Bool](repeating: true, count: axis.extent(shapes[node]))
    for index in stride(from: node, to: steps.source, by: -1) {
      guard let mask = masks[index] else { continue }
      masks[index] = nil
      for edge in steps.edges[index] {
        let extent = axis.extent(shapes[edge.input])
        var target = masks[edge.input] ?? [Bool](repeating: false, count: extent)
        for cell in mask.indices where mask[cell] {
          for seen in edge.step(axis).cells(cell) where target.indices.contains(seen) {
            target[seen] = true
          }
        }
        masks[edge.input] = target
      }
    }
    return masks[steps.source] ?? []
  }

  /// For each node the padding, in pixels, that strided layers leave unused at the far side, summed
  /// along the bottom-up way on which it is most.
  func unusedPadding(_ axis: Axis) -> [Rational] {
    var unused = [Rational](repeating: 0, count: graph.nodes.count)
    for (node, edges) in steps.edges.enumerated() {
      for edge in edges where !edge.isResizing {
        var cells = 0
        if let window = graph.nodes[node].stridedWindow {
          cells =
            WindowFit(window, axis, input: shapes[edge.input], output: shapes[node]).unusedFar
        }
        let pixels = fields[edge.input].map { $0.bottomUp[axis].slope * Rational(cells) } ?? 0
        unused[node] = max(unused[node], unused[edge.input] + pixels)
      }
    }
    return unused
  }
}
