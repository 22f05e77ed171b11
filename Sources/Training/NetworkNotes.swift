import Execution
import Networks

extension Trainer {
  /// What the network has and this run does not get to see.
  func describeNetwork() {
    let graph = parts.model.graph
    for line in graph.unfinishedRamps(steps: schedule.totalSteps) { observer.warn(line) }
    if let line = graph.unlearnedNorms(variables) { observer.warn(line) }
  }
}

extension Graph {
  /// A line for each course over the steps that ends beyond the run.
  package func unfinishedRamps(steps: Int) -> [String] {
    var lines: [String] = []
    for node in nodes {
      switch node.operation {
      case .dropout(let dropout) where dropout.rampSteps > steps:
        lines.append(
          "rampSteps \(dropout.rampSteps) is more than the run's \(steps) steps: dropouts end at "
            + "\(dropout.rate(step: steps)) in place of \(dropout.rate)")
      case .batchNorm(let norm):
        guard case .renormalized(let bounds) = norm.statistics, bounds.lastStep > steps else {
          continue
        }
        lines.append(
          bounds.firstStep >= steps
            ? "batchRenorm stays plain batch norm: its firstStep \(bounds.firstStep) is not reached in "
              + "the run's \(steps) steps"
            : "batchRenorm's lastStep \(bounds.lastStep) is more than the run's \(steps) steps: its "
              + "bounds end at \(bounds.bounds(step: steps).scale) and "
              + "\(bounds.bounds(step: steps).shift)")
      default: continue
      }
    }
    return lines.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// A line about frozen batch norms whose statistics and scales no weights have set.
  package func unlearnedNorms(_ variables: Variables<Float>) -> String? {
    let frozen = nodes.filter {
      if case .batchNorm(let norm) = $0.operation { norm.statistics == .frozen } else { false }
    }
    let fresh = frozen.count { node in
      node.buffers.allSatisfy { index in
        guard case .constant(let first) = buffers[index].initializer else { return false }
        return variables.buffers[index].allSatisfy { $0 == first }
      }
    }
    guard fresh > 0 else { return nil }
    return
      "\(fresh) of \(frozen.count) frozen batch norms have mean 0, variance 1 and scale 1 for good: "
      + "start from --weights that were trained with batch norms, or take another norm"
  }
}
