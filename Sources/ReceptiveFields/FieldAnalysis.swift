import Networks

/// What every value of a network sees of its picture, at one input size.
///
/// Theoretical fields: what could matter, by the operators alone. Gates (an attention's factors) are
/// told apart, see ``NodeField/isGated``.
package struct FieldAnalysis: Sendable {
  /// What one node's cells see.
  package struct NodeField: Hashable, Sendable {
    /// The hull of all ways of ``PathRule/bottomUp``; without any, of the shortest way.
    package var bottomUp: PlaneReach
    /// Whether a way of ``PathRule/bottomUp`` leads here.
    package var hasBottomUpWay: Bool
    package var shortest: PlaneReach
    package var longest: PlaneReach
    /// The hull of all ways, over all places in a resizing's period.
    package var hull: PlaneReach
    /// Whether features here were scaled by a gate that saw the whole picture.
    package var isGated: Bool
  }

  package let graph: Graph
  package let shapes: [Shape]
  /// For each node; `nil` where no way leads from the picture.
  package let fields: [NodeField?]

  let steps: FieldSteps

  /// The picture's shape.
  package var picture: Shape { shapes[steps.source] }

  /// - Parameters:
  ///   - inputs: a shape for each input, in the order of declaration.
  ///   - input: which of them is the picture.
  package init(_ graph: Graph, inputs: [Shape], input: Int = 0) {
    let shapes = graph.shapes(inputs: inputs)
    let steps = FieldSteps(graph, shapes: shapes, source: graph.inputs[input])
    self.graph = graph
    self.shapes = shapes
    self.steps = steps
    let vertical = AxisFields(steps, .vertical)
    let horizontal = AxisFields(steps, .horizontal)
    let gated = graph.gatedByWholePicture
    fields = graph.nodes.indices.map { node in
      guard let y = vertical[node], let x = horizontal[node] else { return nil }
      return NodeField(
        bottomUp: PlaneReach(
          vertical: y.bottomUp ?? y.shortest, horizontal: x.bottomUp ?? x.shortest),
        hasBottomUpWay: y.bottomUp != nil && x.bottomUp != nil,
        shortest: PlaneReach(vertical: y.shortest, horizontal: x.shortest),
        longest: PlaneReach(vertical: y.longest, horizontal: x.longest),
        hull: PlaneReach(vertical: y.hull, horizontal: x.hull),
        isGated: gated[node])
    }
  }
}

/// The four passes along one axis.
private struct AxisFields {
  let bottomUp: [ReachFamily]
  let shortest: [ReachFamily]
  let longest: [ReachFamily]
  let hull: [ReachFamily]
  let axis: Axis
  let shapes: [Shape]

  init(_ steps: FieldSteps, _ axis: Axis) {
    bottomUp = steps.families(axis, .bottomUp, .union)
    shortest = steps.families(axis, .all, .shortest)
    longest = steps.families(axis, .all, .longest)
    hull = steps.families(axis, .all, .union)
    self.axis = axis
    shapes = steps.shapes
  }

  subscript(node: Int) -> (bottomUp: Reach?, shortest: Reach, longest: Reach, hull: Reach)? {
    let middle = axis.extent(shapes[node]) / 2
    guard let hull = hull[node].hull(at: middle),
      let shortest = shortest[node].extreme(.shortest),
      let longest = longest[node].extreme(.longest)
    else { return nil }
    return (bottomUp[node].hull(at: middle), shortest, longest, hull)
  }
}
