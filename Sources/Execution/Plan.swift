import Networks

public enum Mode: String, Sendable, Codable {
  case training, inference
}

/// What activations and their gradients are held in; weights, statistics and losses stay in f32.
public enum Precision: String, Sendable, Codable, CaseIterable {
  case f32, bf16
}

/// What a user may ask for.
public enum PrecisionChoice: String, Sendable, Codable, CaseIterable {
  /// bf16 where the processor multiplies in it, else f32.
  case auto
  case f32, bf16

  /// - Throws: ``ExecutionError/unsupportedPrecision(_:reason:)``.
  public func resolved() throws -> Precision {
    switch self {
    case .f32: return .f32
    case .auto: return Precision.isBFloat16Supported ? .bf16 : .f32
    case .bf16:
      try Precision.bf16.check()
      return .bf16
    }
  }
}

/// What may change from step to step without compiling a plan anew.
public struct RunArguments: Sendable {
  public var epoch = 0
  /// Steps of the optimizer that were taken.
  public var step = 0
  /// Of the epoch, from 0; several make a step where gradients are accumulated.
  public var batch = 0
  /// Key of whatever a run draws (dropout and the like).
  public var seed: UInt64 = 0
  /// Whether the backward pass adds to the gradients that are there, instead of replacing them.
  public var accumulatesGradients = false

  public init() {}
}

/// The tensors of one network: what is trained, its gradients, and its running statistics. Plans of
/// several input sizes share them.
public final class Variables<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  public let parameters: TensorStore<Scalar>
  public let gradients: TensorStore<Scalar>
  public let buffers: TensorStore<Scalar>

  /// Parameters and buffers drawn from `seed`, gradients zero; with no seed all are zero, for values
  /// that are loaded afterwards.
  public init(_ graph: Graph, seed: UInt64? = 0) {
    parameters = TensorStore(graph.parameters)
    gradients = TensorStore(graph.parameters)
    buffers = TensorStore(graph.buffers)
    guard let seed else { return }
    parameters.initialize(seed: seed)
    buffers.initialize(seed: seed)
  }
}

/// A graph compiled for one batch and input size: an ordered list of kernels over one memory arena.
/// Nothing is allocated while it runs.
///
/// Run it on the engine thread only (``Engine/run(_:)``).
public protocol Plan<Scalar>: AnyObject {
  associatedtype Scalar: BinaryFloatingPoint & Sendable

  var batch: Int { get }
  /// Of one sample each, in the order of ``Graph/inputs`` and ``Graph/outputs``.
  var inputShapes: [Shape] { get }
  var outputShapes: [Shape] { get }

  /// Reads the input from `pointer`, `[N, C, H, W]`, borrowed until the following backward pass (in
  /// inference: forward pass) is over.
  func bind(input: Int, to pointer: UnsafePointer<Scalar>)

  func forward(_ arguments: RunArguments)

  /// `[N, C, H, W]`, valid until the next forward pass.
  func output(_ index: Int) -> UnsafePointer<Scalar>

  /// Where the caller leaves the loss's gradient before ``backward(_:)``: `[N, C, H, W]`.
  func outputGradient(_ index: Int) -> UnsafeMutablePointer<Scalar>

  /// Fills `variables.gradients` (see ``RunArguments/accumulatesGradients``).
  func backward(_ arguments: RunArguments)

  /// The gradient of an input that was flagged when the plan was compiled, `[N, C, H, W]`.
  func inputGradient(_ index: Int) -> UnsafePointer<Scalar>?

  /// Must be called after the parameters or buffers changed and before the next forward pass of an
  /// inference plan, which keeps them folded and packed; training plans read them every time.
  func reloadVariables()

  /// Runs both passes again, looking at each result: the first value that is not finite. For a run
  /// that is to be given up; statistics and gradients change.
  func firstNonFinite(_ arguments: RunArguments) -> NonFiniteValue?

  /// Bytes of the arena.
  var arenaBytes: Int { get }
}

public enum Pass: String, Sendable {
  case forward, backward
}

/// Where a value or gradient stopped being a finite number.
public struct NonFiniteValue: Sendable {
  public let node: String
  public let pass: Pass
}
