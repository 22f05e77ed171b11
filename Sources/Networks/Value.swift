/// A node's output while a network is traced.
public struct Value {
  let tracer: Tracer
  let index: Int

  public var channels: Int { tracer.nodes[index].channels }

  /// Applies a layer under a name: its parameters are `<path>.<name>.weight` and so on.
  ///
  /// The same path traced twice is the same parameter.
  public func through(_ name: String, _ layer: some Layer) -> Value {
    tracer.scoped(name) { layer(self) }
  }

  /// Puts all that `body` traces under a name.
  public func scoped<Result>(_ name: String, _ body: (Value) -> Result) -> Result {
    tracer.scoped(name) { body(self) }
  }

  /// A further input of the network, declared while it is traced.
  public func anotherInput(_ name: String, channels: Int) -> Value {
    tracer.scoped(name) { tracer.add(.input(Input(channels: channels)), inputs: []) }
  }

  func applying(_ operation: Operation, with others: [Value] = []) -> Value {
    tracer.add(operation, inputs: [self] + others)
  }
}

/// Hyper-parameters of a part of a network; calling it traces the part.
public protocol Layer: Codable, Hashable, Sendable {
  func callAsFunction(_ x: Value) -> Value
}

/// Records nodes and the tensors they own while layers are called.
final class Tracer {
  private(set) var nodes: [Graph.Node] = []
  private var parameters: [TensorSpecification] = []
  private var buffers: [TensorSpecification] = []
  private var parameterIndices: [String: Int] = [:]
  private var bufferIndices: [String: Int] = [:]
  private var names: Set<String> = []
  private var path: [String] = []

  var graph: Graph { Graph(nodes: nodes, parameters: parameters, buffers: buffers) }

  func scoped<Result>(_ name: String, _ body: () -> Result) -> Result {
    path.append(name)
    defer { path.removeLast() }
    return body()
  }

  func add(_ operation: Operation, inputs: [Value]) -> Value {
    let rules = operation.rules
    let channels = inputs.map(\.channels)
    nodes.append(
      Graph.Node(
        name: uniqueName(rules.label),
        operation: operation,
        inputs: inputs.map(\.index),
        channels: rules.channels(channels),
        parameters: rules.parameters(inputs: channels).map {
          register($0, in: &parameters, indices: &parameterIndices)
        },
        buffers: rules.buffers(inputs: channels).map {
          register($0, in: &buffers, indices: &bufferIndices)
        }))
    return Value(tracer: self, index: nodes.count - 1)
  }

  private func register(
    _ specification: TensorSpecification, in list: inout [TensorSpecification],
    indices: inout [String: Int]
  ) -> Int {
    var named = specification
    named.name = (path + [specification.name]).joined(separator: ".")
    if let index = indices[named.name] {
      precondition(
        list[index].shape == named.shape,
        "\(named.name) was traced with shape \(list[index].shape) and again with \(named.shape)")
      return index
    }
    indices[named.name] = list.count
    list.append(named)
    return list.count - 1
  }

  /// The path; where several nodes share it, the operator's label and a number tell them apart.
  private func uniqueName(_ label: String) -> String {
    let base = path.joined(separator: ".")
    if !base.isEmpty && names.insert(base).inserted { return base }
    let stem = base.isEmpty ? label : base + "." + label
    var candidate = stem
    var number = 1
    while !names.insert(candidate).inserted {
      number += 1
      candidate = "\(stem).\(number)"
    }
    return candidate
  }
}
