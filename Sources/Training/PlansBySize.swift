import Detectors
import Execution
import Networks

/// What runs a network, by input size, the least recently used given up first.
package final class PlansBySize {
  package static let standardCapacity = 8

  private let capacity: Int
  private let make: (Extent) throws -> any DetectorRun
  /// Most recently used last.
  private var entries: [(size: Extent, run: any DetectorRun)] = []

  package init(capacity: Int = standardCapacity, make: @escaping (Extent) throws -> any DetectorRun)
  {
    self.capacity = capacity
    self.make = make
  }

  package func run(for size: Extent) throws -> any DetectorRun {
    if let index = entries.firstIndex(where: { $0.size == size }) {
      entries.append(entries.remove(at: index))
    } else {
      if entries.count == capacity { entries.removeFirst() }
      entries.append((size, try make(size)))
    }
    return entries[entries.count - 1].run
  }

  /// After weights changed from outside.
  package func reloadVariables() {
    for entry in entries { entry.run.reloadVariables() }
  }
}

/// Compiles a stage of a network for training or inference; the program's is `compile`, tests bring
/// their own.
package struct PlanMaker: Sendable {
  package var make:
    @Sendable (
      _ stage: NetworkStage, _ batch: Int, _ mode: Mode, _ variables: Variables<Float>
    )
      throws -> any Plan<Float>

  package init(
    _ make:
      @escaping @Sendable (NetworkStage, Int, Mode, Variables<Float>) throws -> any Plan<Float>
  ) {
    self.make = make
  }

  /// All of a detector at one size.
  package func run(
    _ model: TrainableDetector, size: Extent, batch: Int, _ mode: Mode,
    _ variables: Variables<Float>
  ) throws -> any DetectorRun {
    try model.settings.run(
      of: model.graph, classCount: model.classNames.count, size: size, mode: mode
    ) { try make($0, batch, mode, variables) }
  }

  /// The program's own: all plans of a stage made here share one arena, so at most one may be under
  /// way.
  ///
  /// - Parameters:
  ///   - training: precision of training plans.
  ///   - inference: of validation, which by default computes as it does later on.
  ///   - recomputes: whether training's backward passes compute cheap values again rather than have
  ///     them stored.
  package static func compiling(
    training: Precision = .f32, inference: Precision = .f32, device: Device = .cpu,
    recomputes: Bool = false
  ) -> PlanMaker {
    let arenas = StageArenas()
    return PlanMaker { stage, batch, mode, variables in
      try compile(
        stage.graph, inputs: stage.inputs, batch: batch, mode: mode,
        precision: mode == .training ? training : inference, device: device,
        recomputes: recomputes, variables: variables, gradientInputs: stage.gradientInputs,
        arena: arenas[stage.number])
    }
  }

  /// The oracle's kernels.
  package static let reference = PlanMaker { stage, batch, mode, variables in
    ReferencePlan(
      graph: stage.graph, inputs: stage.inputs, batch: batch, mode: mode, variables: variables,
      gradientInputs: stage.gradientInputs)
  }
}
