import Networks

/// A compiled graph on oneDNN and our own kernels; what enters and leaves it is f32.
public final class FastPlan: Plan {
  public let batch: Int
  public let inputShapes: [Shape]
  public let outputShapes: [Shape]
  public let arenaBytes: Int

  private let arena: Arena
  private let forwardKernels: [Kernel]
  private let backwardKernels: [Kernel]
  private let reloads: [() -> Void]
  private let slots: [InputSlot]
  private let gradients: [PlainTensor?]
  private let outputs: [(value: PlainTensor, gradient: PlainTensor)]

  init(_ compiler: FastCompiler, forwardCount: Int, arenaBytes: Int) {
    let graph = compiler.graph
    batch = compiler.batch
    inputShapes = graph.inputs.map { compiler.shapes[$0] }
    outputShapes = graph.outputs.map { compiler.shapes[$0] }
    self.arenaBytes = arenaBytes
    arena = compiler.arena
    forwardKernels = Array(compiler.kernels[..<forwardCount])
    backwardKernels = Array(compiler.kernels[forwardCount...])
    reloads = compiler.reloads
    slots = graph.inputs.map { compiler.inputSlots[$0]! }
    gradients = graph.inputs.map { compiler.inputGradients[$0] }
    outputs = graph.outputs.map { compiler.outputs[$0]! }
    reloadVariables()
  }

  public func bind(input: Int, to pointer: UnsafePointer<Float>) {
    slots[input].pointer = pointer
  }

  public func forward(_ arguments: RunArguments) {
    for kernel in forwardKernels { kernel.run(arguments) }
  }

  public func output(_ index: Int) -> UnsafePointer<Float> {
    UnsafePointer(outputs[index].value.pointer)
  }

  public func outputGradient(_ index: Int) -> UnsafeMutablePointer<Float> {
    outputs[index].gradient.pointer
  }

  public func backward(_ arguments: RunArguments) {
    precondition(!backwardKernels.isEmpty, "an inference plan has no backward pass")
    for kernel in backwardKernels { kernel.run(arguments) }
  }

  public func inputGradient(_ index: Int) -> UnsafePointer<Float>? {
    gradients[index].map { UnsafePointer($0.pointer) }
  }

  public func reloadVariables() {
    for reload in reloads { reload() }
  }

  public func firstNonFinite(_ arguments: RunArguments) -> NonFiniteValue? {
    for (pass, kernels) in [(Pass.forward, forwardKernels), (.backward, backwardKernels)] {
      for kernel in kernels {
        kernel.run(arguments)
        if kernel.results.contains(where: { !$0.isFinite }) {
          return NonFiniteValue(node: kernel.node, pass: pass)
        }
      }
    }
    return nil
  }

  /// Runs both passes: the milliseconds of every kernel, in the order of ``kernelList``.
  package func kernelTimes() -> [Double] {
    (forwardKernels + backwardKernels).map { kernel in
      let start = ContinuousClock.now
      kernel.run(RunArguments())
      return (ContinuousClock.now - start) / .milliseconds(1)
    }
  }

  /// What runs, in order.
  public var kernelList: [KernelDescription] {
    (forwardKernels + backwardKernels).map {
      KernelDescription(
        node: $0.node, pass: $0.pass, implementation: $0.implementation, details: $0.details)
    }
  }
}
