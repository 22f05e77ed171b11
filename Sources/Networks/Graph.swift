/// A network: operators in an order in which each follows its inputs. Everything we want to know
/// about it or do with it is a pass over this list.
///
/// Heights and widths are not part of it; they come in with ``shapes(inputs:)`` or when a plan is
/// compiled, so one graph serves every input size.
public struct Graph: Sendable {
  /// One operator applied to the outputs of earlier nodes.
  public struct Node: Sendable {
    /// Dotted path, unique in the graph.
    public let name: String
    public let operation: Operation
    /// Indices of the nodes whose outputs it takes.
    public let inputs: [Int]
    /// Channels of its output.
    public let channels: Int
    /// Indices into ``Graph/parameters``.
    public let parameters: [Int]
    /// Indices into ``Graph/buffers``.
    public let buffers: [Int]
  }

  public let nodes: [Node]
  public let parameters: [TensorSpecification]
  public let buffers: [TensorSpecification]

  /// Indices of the ``Input`` nodes in the order of declaration.
  public var inputs: [Int] {
    nodes.indices.filter { if case .input = nodes[$0].operation { true } else { false } }
  }

  /// Indices of the ``Output`` nodes in the order of tracing.
  public var outputs: [Int] {
    nodes.indices.filter { if case .output = nodes[$0].operation { true } else { false } }
  }

  /// Traces a network.
  ///
  /// - Parameters:
  ///   - inputs: name and channels of each input.
  ///   - body: applies layers to the input values and marks results with ``Value/output(_:)``.
  public static func trace(inputs: [(name: String, channels: Int)], _ body: ([Value]) -> Void)
    -> Graph
  {
    let tracer = Tracer()
    body(
      inputs.map { input in
        tracer.scoped(input.name) {
          tracer.add(.input(Input(channels: input.channels)), inputs: [])
        }
      })
    return tracer.graph
  }

  /// Traces a network with one picture as its input, named `image`.
  public static func trace(channels: Int = 3, _ body: (Value) -> Void) -> Graph {
    trace(inputs: [("image", channels)]) { body($0[0]) }
  }

  /// The shape of every node's output for one sample.
  ///
  /// - Parameter inputs: a shape for each input, in the order of declaration.
  public func shapes(inputs: [Shape]) -> [Shape] {
    var remaining = inputs[...]
    var shapes: [Shape] = []
    for node in nodes {
      if case .input(let input) = node.operation {
        guard let shape = remaining.popFirst() else {
          preconditionFailure("no shape given for input \(node.name)")
        }
        precondition(
          shape.channels == input.channels,
          "input \(node.name) has \(input.channels) channels, got \(shape)")
        shapes.append(shape)
      } else {
        shapes.append(node.operation.rules.outputShape(node.inputs.map { shapes[$0] }))
      }
    }
    return shapes
  }

  /// The same without what does nothing in inference.
  package var withoutDropouts: Graph {
    var places: [Int] = []
    var kept: [Node] = []
    for node in nodes {
      let inputs = node.inputs.map { places[$0] }
      if case .dropout = node.operation {
        places.append(inputs[0])
        continue
      }
      places.append(kept.count)
      kept.append(
        Node(
          name: node.name, operation: node.operation, inputs: inputs, channels: node.channels,
          parameters: node.parameters, buffers: node.buffers))
    }
    return Graph(nodes: kept, parameters: parameters, buffers: buffers)
  }

  /// Of its first input, the picture, at a size.
  public func pictureShape(_ size: Extent) -> Shape {
    guard let first = inputs.first else { preconditionFailure("a graph without an input") }
    return Shape(channels: nodes[first].channels, height: size.height, width: size.width)
  }

  /// For each node the indices of the nodes that take its output.
  public var consumers: [[Int]] {
    var consumers = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { consumers[input].append(index) }
    }
    return consumers
  }

  /// Whether each node's output reaches an output of the graph.
  public var reachesOutput: [Bool] {
    var reaches = nodes.map { if case .output = $0.operation { true } else { false } }
    for (index, node) in nodes.enumerated().reversed() where reaches[index] {
      for input in node.inputs { reaches[input] = true }
    }
    return reaches
  }

  /// Names of nodes that were traced and whose result no output uses: a forgotten connection.
  public var deadEnds: [String] {
    zip(nodes, reachesOutput).filter { !$1 }.map(\.0.name)
  }

  public func multiplyAdds(_ shapes: [Shape]) -> [Int] {
    nodes.indices.map { index in
      nodes[index].operation.rules.multiplyAdds(
        inputs: nodes[index].inputs.map { shapes[$0] }, output: shapes[index])
    }
  }
}
