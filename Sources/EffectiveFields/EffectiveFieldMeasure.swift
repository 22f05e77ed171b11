import Execution
import Networks
import RandomNumbers
import ReceptiveFields

/// Measures effective receptive fields: gradients of a cell in the middle of each level with respect
/// to the picture.
///
/// An output's channels say different things (a box's four edges), whose gradients would cancel each
/// other in a sum; they are multiplied by signs drawn for each picture, so that over the pictures
/// every channel counts by itself. (The mean square of such a product is the sum of the channels'
/// squares: Hutchinson: *A Stochastic Estimator of the Trace of the Influence Matrix*, 1989.)
///
/// Norms count as the fixed scalings that they are in inference. With the batch's statistics every
/// cell would depend on every pixel.
package final class EffectiveFieldMeasure {
  /// A cell in the middle of a level.
  package struct Subject: Hashable, Sendable {
    package var level: String
    /// Index into the graph's outputs.
    package var output: Int
    package var row: Int
    package var column: Int
  }

  package let subjects: [Subject]
  /// One a subject.
  package private(set) var maps: [GradientMap]

  private let plan: any Plan<Float>
  private let picture: Shape
  private let seed: UInt64
  private var count = 0

  /// - Parameters:
  ///   - report: on the same graph at the picture's size.
  ///   - seed: of the signs.
  /// - Throws: ``ExecutionError``.
  package init(
    _ graph: Graph, picture: Shape, report: ReceptiveFieldReport, variables: Variables<Float>,
    seed: UInt64
  ) throws {
    plan = try compile(
      graph, inputs: [picture], batch: 1, mode: .inference, device: .reference,
      variables: variables, gradientInputs: [0])
    self.picture = picture
    self.seed = seed
    let names = graph.outputs.map { node -> String in
      guard case .output(let output) = graph.nodes[node].operation else { return "" }
      return output.name
    }
    let shapes = plan.outputShapes
    subjects = report.levels.compactMap { level in
      names.firstIndex(of: level.measured).map {
        Subject(
          level: level.name, output: $0, row: shapes[$0].height / 2, column: shapes[$0].width / 2)
      }
    }
    maps = zip(report.levels, subjects).map { level, subject in
      GradientMap(
        height: picture.height, width: picture.width,
        center: AxisPair(
          level.offset.vertical + Double(subject.row) * level.stride.vertical,
          level.offset.horizontal + Double(subject.column) * level.stride.horizontal))
    }
  }

  /// Adds one picture to the maps.
  ///
  /// - Parameter pixels: `[channels, height, width]` as the network takes it; read in this call only.
  package func add(_ pixels: UnsafePointer<Float>) {
    Engine.shared.run {
      plan.bind(input: 0, to: pixels)
      plan.forward(RunArguments())
      for index in subjects.indices {
        backPropagate(from: index)
        maps[index].add(plan.inputGradient(0)!, channels: picture.channels)
      }
    }
    count += 1
  }

  private func backPropagate(from index: Int) {
    let subject = subjects[index]
    for (output, shape) in plan.outputShapes.enumerated() {
      plan.outputGradient(output).update(repeating: 0, count: shape.count)
    }
    let shape = plan.outputShapes[subject.output]
    var generator = KeyedGenerator(seed: seed, purpose: "effective field", count, index)
    let gradient = plan.outputGradient(subject.output)
    for channel in 0..<shape.channels {
      gradient[(channel * shape.height + subject.row) * shape.width + subject.column] =
        generator.chance(0.5) ? 1 : -1
    }
    plan.backward(RunArguments())
  }

  /// A summary of each map, by level; levels without a usable gradient are missing.
  package func fields(_ report: ReceptiveFieldReport) -> [String: EffectiveField] {
    var fields: [String: EffectiveField] = [:]
    for (index, subject) in subjects.enumerated() {
      guard let level = report.levels.first(where: { $0.name == subject.level }) else { continue }
      fields[subject.level] = EffectiveField(
        maps[index], cell: [subject.row, subject.column],
        bottomUp: level.receptiveField.bottomUp)
    }
    return fields
  }
}
