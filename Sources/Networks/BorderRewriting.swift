/// Other values than zeros beyond the borders of convolutions that are already traced.
extension Graph {
  /// The same network with a ``BorderPadding`` in front of each convolution that pads.
  ///
  /// Tensors keep their names.
  ///
  /// - Parameter prefix: of the names of those that are meant.
  public func fillingBorders(_ mode: BorderMode, under prefix: String) -> Graph {
    var places: [Int] = []
    var result: [Node] = []
    for node in nodes {
      var inputs = node.inputs.map { places[$0] }
      var operation = node.operation
      if case .convolution(var convolution) = operation, node.name.hasPrefix(prefix),
        convolution.window.padding != 0
      {
        result.append(
          Node(
            name: node.name + ".pad",
            operation: .borderPadding(BorderPadding(mode, convolution.window.padding)),
            inputs: [inputs[0]], channels: result[inputs[0]].channels, parameters: [],
            buffers: []))
        inputs[0] = result.count - 1
        convolution.window.padding = 0
        operation = .convolution(convolution)
      }
      places.append(result.count)
      result.append(
        Node(
          name: node.name, operation: operation, inputs: inputs, channels: node.channels,
          parameters: node.parameters, buffers: node.buffers))
    }
    return Graph(nodes: result, parameters: parameters, buffers: buffers)
  }

  /// Cells that convolutions whose names begin with `prefix` add at a side, at most.
  public func widestBorder(under prefix: String) -> Int {
    nodes.reduce(0) { widest, node in
      guard case .convolution(let convolution) = node.operation, node.name.hasPrefix(prefix) else {
        return widest
      }
      let padding = convolution.window.padding
      return max(widest, padding.top, padding.left, padding.bottom, padding.right)
    }
  }

  /// The first node that mirrors more cells than its input has at a size, and that input's shape.
  ///
  /// - Parameter inputs: a shape for each input, in the order of declaration.
  public func firstTooSmallToReflect(inputs: [Shape]) -> (name: String, shape: Shape)? {
    var remaining = inputs[...]
    var shapes: [Shape] = []
    for node in nodes {
      let given = node.inputs.map { shapes[$0] }
      switch node.operation {
      case .input: shapes.append(remaining.removeFirst())
      case .borderPadding(let border) where !border.fits(given[0]): return (node.name, given[0])
      default: shapes.append(node.operation.rules.outputShape(given))
      }
    }
    return nil
  }
}
