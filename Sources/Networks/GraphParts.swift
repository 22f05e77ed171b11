/// A graph cut in two at one of its inputs.
public struct GraphParts: Sendable {
  /// All that does not depend on the input, with those of the whole's outputs.
  public let independent: Graph
  /// The same with further outputs behind: the values that ``after`` takes.
  public let before: Graph
  /// All that depends on it; its inputs are those values, then the input.
  public let after: Graph
  /// How many values pass from one to the other: the last outputs of ``before``.
  public let crossings: Int
}

extension Graph {
  /// Cuts the graph in what can run before an input is known and what cannot. Both parts list all
  /// parameters and buffers of the whole, so that they run on the same variables.
  ///
  /// - Parameter input: place in ``inputs``.
  public func parts(at input: Int) -> GraphParts {
    let cut = inputs[input]
    var depends = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      depends[index] = index == cut || node.inputs.contains { depends[$0] }
    }
    var crossing: [Int] = []
    for index in nodes.indices where depends[index] {
      for source in nodes[index].inputs where !depends[source] && !crossing.contains(source) {
        crossing.append(source)
      }
    }
    return GraphParts(
      independent: before(depends, []), before: before(depends, crossing),
      after: after(depends, crossing),
      crossings: crossing.count)
  }

  private func before(_ depends: [Bool], _ crossing: [Int]) -> Graph {
    var part = GraphPart(self)
    for index in nodes.indices where !depends[index] { part.take(index) }
    for source in crossing {
      let name = "crossing \(nodes[source].name)"
      part.append(
        Node(
          name: name, operation: .output(Output(name: name)), inputs: [part.places[source]!],
          channels: nodes[source].channels, parameters: [], buffers: []))
    }
    return part.graph
  }

  private func after(_ depends: [Bool], _ crossing: [Int]) -> Graph {
    var part = GraphPart(self)
    for source in crossing {
      part.places[source] = part.nodes.count
      part.append(
        Node(
          name: nodes[source].name, operation: .input(Input(channels: nodes[source].channels)),
          inputs: [], channels: nodes[source].channels, parameters: [], buffers: []))
    }
    for index in nodes.indices where depends[index] { part.take(index) }
    return part.graph
  }
}

/// Nodes of a graph, renumbered.
private struct GraphPart {
  let whole: Graph
  var nodes: [Graph.Node] = []
  /// Where a node of the whole is here.
  var places: [Int: Int] = [:]

  init(_ whole: Graph) { self.whole = whole }

  var graph: Graph {
    Graph(nodes: nodes, parameters: whole.parameters, buffers: whole.buffers)
  }

  mutating func append(_ node: Graph.Node) { nodes.append(node) }

  mutating func take(_ index: Int) {
    let node = whole.nodes[index]
    places[index] = nodes.count
    append(
      Graph.Node(
        name: node.name, operation: node.operation, inputs: node.inputs.map { places[$0]! },
        channels: node.channels, parameters: node.parameters, buffers: node.buffers))
  }
}
