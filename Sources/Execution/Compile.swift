import CBridge
import Networks

/// Where a plan runs.
public enum Device: String, Sendable, Codable, CaseIterable {
  /// The fast backend: oneDNN and our own kernels.
  case cpu
  /// Plain loops and OpenBLAS: the oracle.
  case reference
}

extension Precision {
  /// Whether the processor multiplies bf16 numbers by itself.
  public static var isBFloat16Supported: Bool { cb_has_bf16() }

  /// - Throws: ``ExecutionError/unsupportedPrecision(_:reason:)`` if the processor lacks it.
  func check() throws {
    guard self == .f32 || Self.isBFloat16Supported else {
      throw ExecutionError.unsupportedPrecision(
        self, reason: "this processor has no AVX-512 BF16; take f32, or auto")
    }
  }
}

/// Bytes that a plan takes beside its variables.
package struct PlanMemory {
  /// Of the arena, which plans may share.
  package var arenaBytes = 0
  /// Of what is the plan's own: results and their gradients, and weights that inference keeps packed.
  package var ownBytes = 0
  /// Of oneDNN's primitives, about.
  package var libraryBytes = 0

  package init() {}

  init(arenaBytes: Int, ownBytes: Int, libraryBytes: Int) {
    self.arenaBytes = arenaBytes
    self.ownBytes = ownBytes
    self.libraryBytes = libraryBytes
  }
}

/// What a plan of the fast backend would take, without taking it.
///
/// - Throws: ``ExecutionError``, as compiling does.
package func planMemory(
  _ graph: Graph, inputs: [Shape], batch: Int, mode: Mode, precision: Precision = .f32,
  recomputes: Bool = false, variables: Variables<Float>, gradientInputs: Set<Int> = []
) throws -> PlanMemory {
  try precision.check()
  return try Engine.shared.run {
    try FastCompiler(
      graph, inputs: inputs, batch: batch, mode: mode, precision: precision,
      recomputes: recomputes, variables: variables, gradientInputs: gradientInputs, arena: Arena()
    ).memory()
  }
}

/// Compiles a graph for one batch and input size.
///
/// - Parameters:
///   - inputs: the shape of each of the graph's inputs.
///   - recomputes: whether a training plan's backward pass computes cheap values again rather than
///     have them stored; what it gives is the same, bit for bit.
///   - folds: whether an inference plan sums batch norms, and convolutions in parallel, into one
///     convolution's weights; without it runs what was trained, slower and the same but for rounding.
///   - gradientInputs: indices into ``Graph/inputs`` of those whose gradient is wanted.
///   - arena: memory that plans which never interleave may share.
/// - Throws: ``ExecutionError`` if the library refuses an operator or the precision is not there.
public func compile(
  _ graph: Graph, inputs: [Shape], batch: Int, mode: Mode, precision: Precision = .f32,
  device: Device = .cpu, recomputes: Bool = false, folds: Bool = true,
  variables: Variables<Float>, gradientInputs: Set<Int> = [], arena: Arena = Arena()
) throws -> any Plan<Float> {
  if precision == .bf16 {
    guard device == .cpu else {
      throw ExecutionError.unsupportedPrecision(precision, reason: "the reference is in f32 or f64")
    }
    try precision.check()
  }
  return try Engine.shared.run {
    switch device {
    case .reference:
      return ReferencePlan(
        graph: graph, inputs: inputs, batch: batch, mode: mode, variables: variables,
        gradientInputs: gradientInputs)
    case .cpu:
      return try FastCompiler(
        graph, inputs: inputs, batch: batch, mode: mode, precision: precision,
        recomputes: recomputes, folds: folds, variables: variables, gradientInputs: gradientInputs,
        arena: arena
      ).compile()
    }
  }
}
