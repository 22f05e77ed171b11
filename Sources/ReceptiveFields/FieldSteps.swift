import Networks

/// Whether what a gate saw counts as seen by what it scales.
package enum GateRule: Hashable, Sendable {
  /// Gates are told apart: they scale features and are none.
  case detached
  /// Gates are inputs like any other, as a gradient takes them.
  case attached
}

/// The feature connections of a graph at one input size, as receptive fields see them.
struct FieldSteps: Sendable {
  /// One feature input of one node.
  struct Edge: Hashable, Sendable {
    var input: Int
    var vertical: AxisStep
    var horizontal: AxisStep
    var isResizing: Bool
    /// A pooling of stride 1 that looks at more than one cell.
    var isDetour: Bool

    func step(_ axis: Axis) -> AxisStep { axis == .vertical ? vertical : horizontal }

    /// The step with detours replaced by the middle of their window.
    func mainWay(_ axis: Axis) -> AxisStep {
      guard isDetour, case .window(_, let padding, let spacing, let count) = step(axis) else {
        return step(axis)
      }
      return .middle(padding: padding, reach: spacing * (count - 1))
    }
  }

  let graph: Graph
  let shapes: [Shape]
  /// The input node whose pixels are meant.
  let source: Int
  /// For each node its feature inputs.
  let edges: [[Edge]]

  init(_ graph: Graph, shapes: [Shape], source: Int, gates: GateRule = .detached) {
    self.graph = graph
    self.shapes = shapes
    self.source = source
    edges = graph.nodes.enumerated().map { index, node in
      node.inputs.enumerated().compactMap { position, input in
        Edge(
          node.operation, position: position, input: input, from: shapes[input], to: shapes[index],
          gates: gates)
      }
    }
  }
}

extension FieldSteps.Edge {
  fileprivate init?(
    _ operation: Operation, position: Int, input: Int, from: Shape, to: Shape, gates: GateRule
  ) {
    let step = operation.rules.receptiveStep(input: position)
    func along(_ axis: Axis) -> AxisStep? {
      AxisStep(step, axis: axis, input: from, output: to, gates: gates)
    }
    guard let vertical = along(.vertical), let horizontal = along(.horizontal)
    else { return nil }
    self.input = input
    self.vertical = vertical
    self.horizontal = horizontal
    isResizing =
      switch step {
      case .resize, .spread, .bins: true
      default: false
      }
    isDetour =
      if case .pooling(let pooling) = operation {
        pooling.window.stride.area == 1 && pooling.window.kernel.area > 1
      } else {
        false
      }
  }
}
