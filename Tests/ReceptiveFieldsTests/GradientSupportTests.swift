import Execution
import Networks
import RandomNumbers
import ReceptiveFields
import Testing

/// The pass against gradients: with positive weights, means for maxima, no functions and norms in
/// inference form, a pixel is seen exactly if its gradient is not zero.
///
/// Gates are once detached (an input of their own takes their place) and once attached.
@Suite(.serialized) struct GradientSupportTests {
  @Test(arguments: [GateRule.detached, .attached])
  func supportIsTheHullOfWhatHasAGradient(gates: GateRule) throws {
    var formulas = 0
    for index in 0..<1000 {
      let network = RandomNetwork(seed: 47, index: index, allowsAttention: false)
      let analysis = FieldAnalysis(network.graph, inputs: [network.picture])
      let gradients = PictureGradients(network, gates: gates)
      for (output, node) in network.graph.outputs.enumerated() {
        let shape = analysis.shapes[node]
        var generator = KeyedGenerator(seed: 47, purpose: "cells", index, output)
        let cells = [
          (0, 0), (shape.height - 1, shape.width - 1), (shape.height / 2, shape.width / 2),
          (generator.index(below: shape.height), generator.index(below: shape.width)),
        ]
        for (row, column) in cells {
          try #require(
            analysis.support(of: node, row: row, column: column, gates: gates)
              == gradients.hull(output: output, row: row, column: column),
            "network \(index), output \(output) at (\(row), \(column))")
        }
        // Formulas know no borders, and what stands beyond them leads back inside.
        guard gates == .detached, !network.continuesBorders else { continue }
        formulas += 1
        let (row, column) = cells[2]
        let seen = try #require(gradients.hull(output: output, row: row, column: column))
        let hull = analysis.fields[node]!.hull
        try #require(
          holds(hull.vertical, row, seen.rows) && holds(hull.horizontal, column, seen.columns),
          "network \(index), formula of output \(output)")
      }
    }
    #expect(gates == .attached || formulas > 1000)
  }

  /// The formula's edges, which know no borders, around what was seen.
  private func holds(_ reach: Reach, _ cell: Int, _ pixels: Range<Int>) -> Bool {
    reach.lowerEdge(cell) <= Rational(pixels.lowerBound)
      && Rational(pixels.upperBound) <= reach.upperEdge(cell)
  }

  @Test func networksHaveEveryKindOfNode() {
    var counts: [String: Int] = [:]
    var nonSquare = 0
    for index in 0..<1000 {
      let network = RandomNetwork(seed: 47, index: index, allowsAttention: false)
      if network.picture.height != network.picture.width { nonSquare += 1 }
      for node in network.graph.nodes { counts[node.operation.rules.label, default: 0] += 1 }
    }
    let kinds = [
      "convolution", "max-pool", "average-pool", "spatial-mean", "resize-nearest",
      "resize-bilinear", "concatenation", "addition", "gating", "batch-norm",
      "transposed-convolution", "weighted-sum", "stochastic-pool", "pad-reflect", "pad-replicate",
      "adaptive-max-pool", "adaptive-average-pool",
    ]
    for kind in kinds { #expect(counts[kind] ?? 0 > 150, "\(kind): \(counts[kind] ?? 0)") }
    #expect(nonSquare > 800)
  }
}

/// Gradients of a network's outputs with respect to its picture.
private final class PictureGradients {
  private let picture: Shape
  private let plan: ReferencePlan<Double>
  /// Borrowed by the plan, as is the gate.
  private let pixels: UnsafeMutablePointer<Double>
  private let gate: UnsafeMutablePointer<Double>

  init(_ network: RandomNetwork, gates: GateRule) {
    let graph = gates == .detached ? network.detached : network.linear
    picture = network.picture
    pixels = .allocate(capacity: picture.count)
    pixels.initialize(repeating: 1, count: picture.count)
    gate = .allocate(capacity: 1)
    gate.initialize(to: 0.5)
    let inputs = [picture, Shape(channels: 1, height: 1, width: 1)]
    plan = ReferencePlan(
      graph: graph, inputs: Array(inputs.prefix(graph.inputs.count)), batch: 1, mode: .inference,
      variables: Self.positiveVariables(graph), gradientInputs: [0])
    Engine.shared.run { [plan, pixels, gate] in
      plan.bind(input: 0, to: pixels)
      if gates == .detached { plan.bind(input: 1, to: gate) }
      plan.forward(RunArguments())
    }
  }

  deinit {
    pixels.deallocate()
    gate.deallocate()
  }

  /// Filters that sum to about 1, so that chains of products neither vanish nor overflow.
  private static func positiveVariables(_ graph: Graph) -> Variables<Double> {
    let variables = Variables<Double>(graph)
    for (index, specification) in variables.parameters.specifications.enumerated() {
      var generator = KeyedGenerator(seed: 5, purpose: "weights", index)
      let scale = 1 / Double(specification.shape.dropFirst().reduce(1, *))
      let values = variables.parameters[index]
      for element in values.indices { values[element] = scale * generator.uniform(0.5, 1.5) }
    }
    return variables
  }

  /// The hull of the pixels on which one cell of an output depends.
  func hull(output: Int, row: Int, column: Int) -> PixelRectangle? {
    let gradient = Engine.shared.run { [plan, picture] in
      for (other, shape) in plan.outputShapes.enumerated() {
        plan.outputGradient(other).update(repeating: 0, count: shape.count)
      }
      plan.outputGradient(output)[row * plan.outputShapes[output].width + column] = 1
      plan.backward(RunArguments())
      return Array(UnsafeBufferPointer(start: plan.inputGradient(0), count: picture.count))
    }
    return Self.hull(gradient, width: picture.width)
  }

  /// A bilinear weight that should be zero may be a rounding error's: 1e-13 of the largest is zero.
  private static func hull(_ gradient: [Double], width: Int) -> PixelRectangle? {
    let threshold = 1e-13 * (gradient.max() ?? 0)
    let seen = gradient.indices.filter { gradient[$0] > threshold }
    guard let first = seen.first, let last = seen.last else { return nil }
    let columns = seen.map { $0 % width }
    return PixelRectangle(
      rows: first / width..<last / width + 1, columns: columns.min()!..<columns.max()! + 1)
  }
}
