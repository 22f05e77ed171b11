import CBridge
import Networks

/// Where a plan runs.
public enum Device: String, Sendable, Codable, CaseIterable {
  /// The fast backend: oneDNN and our own kernels.
  case cpu
  /// Plain loops and OpenBLAS: the oracle.
  case reference
}

/// Compiles a graph for one batch and input size.
///
/// - Parameters:
///   - inputs: the shape of each of the graph's inputs.
///   - gradientInputs: indices into ``Graph/inputs`` of those whose gradient is wanted.
///   - arena: memory that plans which never interleave may share.
/// - Throws: ``ExecutionError`` if the library refuses an operator or the precision is not there.
public func compile(
  _ graph: Graph, inputs: [Shape], batch: Int, mode: Mode, precision: Precision = .f32,
  device: Device = .cpu, variables: Variables<Float>, gradientInputs: Set<Int> = [],
  arena: Arena = Arena()
) throws -> any Plan<Float> {
  guard precision == .f32 else {
    throw ExecutionError.unsupportedPrecision(precision, reason: "plans compute in f32")
  }
  return try Engine.shared.run {
    switch device {
    case .reference:
      return ReferencePlan(
        graph: graph, inputs: inputs, batch: batch, mode: mode, variables: variables,
        gradientInputs: gradientInputs)
    case .cpu:
      return try FastCompiler(
        graph, inputs: inputs, batch: batch, mode: mode, variables: variables,
        gradientInputs: gradientInputs, arena: arena
      ).compile()
    }
  }
}
