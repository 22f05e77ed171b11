import Execution
import Networks

/// Plans by input size, the least recently used given up first.
package final class PlansBySize {
  package static let standardCapacity = 8

  private let capacity: Int
  private let make: (Extent) throws -> any Plan<Float>
  /// Most recently used last.
  private var entries: [(size: Extent, plan: any Plan<Float>)] = []

  package init(capacity: Int = standardCapacity, make: @escaping (Extent) throws -> any Plan<Float>)
  {
    self.capacity = capacity
    self.make = make
  }

  package func plan(for size: Extent) throws -> any Plan<Float> {
    if let index = entries.firstIndex(where: { $0.size == size }) {
      entries.append(entries.remove(at: index))
    } else {
      if entries.count == capacity { entries.removeFirst() }
      entries.append((size, try make(size)))
    }
    return entries[entries.count - 1].plan
  }

  /// After weights changed from outside.
  package func reloadVariables() {
    for entry in entries { entry.plan.reloadVariables() }
  }
}

/// Compiles a graph for training or inference; the program's is `compile`, tests bring their own.
package struct PlanMaker: Sendable {
  package var make:
    @Sendable (
      _ graph: Graph, _ input: Shape, _ batch: Int, _ mode: Mode, _ variables: Variables<Float>
    )
      throws -> any Plan<Float>

  package init(
    _ make:
      @escaping @Sendable (Graph, Shape, Int, Mode, Variables<Float>) throws -> any Plan<Float>
  ) {
    self.make = make
  }

  /// The program's own: all plans made here share one arena, so at most one may be under way.
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
    let arena = Arena()
    return PlanMaker { graph, input, batch, mode, variables in
      try compile(
        graph, inputs: [input], batch: batch, mode: mode,
        precision: mode == .training ? training : inference, device: device,
        recomputes: recomputes, variables: variables, arena: arena)
    }
  }

  /// The oracle's kernels.
  package static let reference = PlanMaker { graph, input, batch, mode, variables in
    ReferencePlan(graph: graph, inputs: [input], batch: batch, mode: mode, variables: variables)
  }
}
