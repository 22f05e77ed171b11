/// Norms that take their statistics from a single value: it is its own mean, and whatever it is, the
/// norm's bias comes out.
extension Graph {
  /// Group norms with one value in a group, at a size; the batch does not matter to them.
  ///
  /// - Parameter inputs: a shape for each input.
  public func groupNormsOfOneValue(inputs: [Shape]) -> [Node] {
    norms(inputs: inputs) { node, shape in
      guard case .groupNorm(let norm) = node.operation else { return nil }
      return shape.count / norm.groups(channels: shape.channels)
    }
  }

  /// Batch norms that would train on one value a channel.
  ///
  /// - Parameters:
  ///   - inputs: a shape for each input.
  ///   - batch: pictures in a batch.
  public func batchNormsOfOneValue(inputs: [Shape], batch: Int) -> [Node] {
    norms(inputs: inputs) { node, shape in
      guard case .batchNorm(let norm) = node.operation, norm.statistics != .frozen else {
        return nil
      }
      return batch * shape.area
    }
  }

  /// - Parameter values: how many share their statistics; nil: the node is not meant.
  private func norms(inputs: [Shape], where values: (Node, Shape) -> Int?) -> [Node] {
    // Sizes are worked out only where they are asked for.
    let cell = Shape(channels: 1, height: 1, width: 1)
    guard nodes.contains(where: { values($0, cell) != nil }) else { return [] }
    return zip(nodes, shapes(inputs: inputs)).filter { values($0, $1) == 1 }.map(\.0)
  }
}
