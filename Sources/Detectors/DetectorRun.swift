import Execution
import Networks

/// What runs a detector's network on batches of one size, forward and backward. On the engine thread.
package protocol DetectorRun: AnyObject {
  var batch: Int { get }
  /// Of one picture.
  var inputShape: Shape { get }
  /// What runs, for tables.
  var plans: [any Plan<Float>] { get }

  /// Runs a batch forward.
  ///
  /// - Parameters:
  ///   - pixels: `[N, C, H, W]`, borrowed until the following backward pass (in inference: this one) is
  ///     over.
  ///   - targets: in training, of each picture; what a second stage learns on depends on them.
  /// - Returns: what the head reads, valid until the next forward pass.
  func forward(
    _ pixels: UnsafePointer<Float>, targets: [[Target]]?, _ arguments: RunArguments
  ) -> HeadOutputs

  /// From the gradients in the outputs to those of the variables.
  func backward(_ arguments: RunArguments)

  /// Runs both passes of the last batch again: the first value that is not finite.
  func firstNonFinite(_ arguments: RunArguments) -> NonFiniteValue?
}

extension DetectorRun {
  package func reloadVariables() {
    for plan in plans { plan.reloadVariables() }
  }

  package var arenaBytes: Int { plans.reduce(0) { $0 + $1.arenaBytes } }
}

/// A part of a network that is compiled as one plan.
package struct NetworkStage {
  package var graph: Graph
  /// A shape for each of its inputs.
  package var inputs: [Shape]
  /// Places of the inputs whose gradients are wanted, in training.
  package var gradientInputs: Set<Int>
  /// Plans of one number may share an arena; those of others run in between.
  package var number: Int

  package init(graph: Graph, inputs: [Shape], gradientInputs: Set<Int> = [], number: Int = 0) {
    self.graph = graph
    self.inputs = inputs
    self.gradientInputs = gradientInputs
    self.number = number
  }
}

/// Memory that the plans of each stage share, whatever their size: at most one of a stage's plans is
/// under way.
///
/// `@unchecked Sendable`: used under the owner's lock, or by one thread.
package final class StageArenas: @unchecked Sendable {
  private var arenas: [Arena] = []

  package init() {}

  package subscript(stage: Int) -> Arena {
    while arenas.count <= stage { arenas.append(Arena()) }
    return arenas[stage]
  }
}

/// What a head needs to know to run.
package struct RunContext {
  package var strides: [Int]
  package var classCount: Int
  package var size: Extent
  package var mode: Mode
}

/// A network that is one plan.
final package class PlanRun: DetectorRun {
  private let plan: any Plan<Float>
  private let mode: Mode

  package init(_ plan: any Plan<Float>, mode: Mode) {
    self.plan = plan
    self.mode = mode
  }

  package var batch: Int { plan.batch }
  package var inputShape: Shape { plan.inputShapes[0] }
  package var plans: [any Plan<Float>] { [plan] }

  package func forward(
    _ pixels: UnsafePointer<Float>, targets: [[Target]]?, _ arguments: RunArguments
  ) -> HeadOutputs {
    plan.bind(input: 0, to: pixels)
    plan.forward(arguments)
    var outputs = HeadOutputs(plan, isTraining: mode == .training)
    outputs.arguments = arguments
    return outputs
  }

  package func backward(_ arguments: RunArguments) { plan.backward(arguments) }

  package func firstNonFinite(_ arguments: RunArguments) -> NonFiniteValue? {
    plan.firstNonFinite(arguments)
  }
}

extension ModelSettings {
  /// The plans that the network runs as, at one size.
  package func stages(of graph: Graph, size: Extent, mode: Mode) -> [NetworkStage] {
    head.head.stages(of: graph, picture: graph.pictureShape(size), strides: strides, mode: mode)
  }

  /// A shape for each of the graph's inputs.
  package func inputs(of graph: Graph, size: Extent) -> [Shape] {
    [graph.pictureShape(size)] + head.head.furtherInputs
  }

  /// - Parameter compile: makes the plan of a stage.
  package func run(
    of graph: Graph, classCount: Int, size: Extent, mode: Mode,
    compile: (NetworkStage) throws -> any Plan<Float>
  ) throws -> any DetectorRun {
    let plans = try stages(of: graph, size: size, mode: mode).map(compile)
    return head.head.run(
      plans, RunContext(strides: strides, classCount: classCount, size: size, mode: mode))
  }
}
