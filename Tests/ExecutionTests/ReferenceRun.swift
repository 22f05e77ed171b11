import Execution
import Networks
import TestSupport

/// What one step of a plan gave: outputs, and after a backward pass all gradients.
struct StepResult {
  var outputs: [[Double]] = []
  /// Nil for inputs that were not flagged.
  var inputGradients: [[Double]?] = []
  var parameterGradients: [[Double]] = []
  /// After the forward pass.
  var buffers: [[Double]] = []
}

/// Runs a plan once, on the engine thread, with `[N, C, H, W]` data in Double whatever the plan
/// computes in.
///
/// - Parameter outputGradients: one for each output; nil for no backward pass.
func runStep<Scalar: BinaryFloatingPoint & Sendable>(
  _ plan: any Plan<Scalar>, variables: Variables<Scalar>, inputs: [[Double]],
  outputGradients: [[Double]]? = nil, arguments: RunArguments = RunArguments()
) -> StepResult {
  Engine.shared.run {
    let bound = inputs.map { values in
      let pointer = UnsafeMutablePointer<Scalar>.allocate(capacity: max(1, values.count))
      pointer.initialize(from: values.map { Scalar($0) }, count: values.count)
      return pointer
    }
    defer { for pointer in bound { pointer.deallocate() } }
    for (index, pointer) in bound.enumerated() {
      precondition(inputs[index].count == plan.batch * plan.inputShapes[index].count)
      plan.bind(input: index, to: pointer)
    }
    plan.reloadVariables()
    plan.forward(arguments)
    var result = StepResult()
    result.outputs = plan.outputShapes.indices.map { index in
      doubles(plan.output(index), plan.batch * plan.outputShapes[index].count)
    }
    result.buffers = tensors(variables.buffers)
    guard let outputGradients else { return result }
    for (index, gradient) in outputGradients.enumerated() {
      let target = plan.outputGradient(index)
      for (cell, value) in gradient.enumerated() { target[cell] = Scalar(value) }
    }
    plan.backward(arguments)
    result.inputGradients = plan.inputShapes.indices.map { index in
      plan.inputGradient(index).map { doubles($0, plan.batch * plan.inputShapes[index].count) }
    }
    result.parameterGradients = tensors(variables.gradients)
    return result
  }
}

private func doubles(_ pointer: UnsafePointer<some BinaryFloatingPoint>, _ count: Int) -> [Double] {
  (0..<count).map { Double(pointer[$0]) }
}

private func tensors(_ store: TensorStore<some BinaryFloatingPoint>) -> [[Double]] {
  store.specifications.indices.map { store[$0].map { Double($0) } }
}

extension TensorStore {
  /// Sets every tensor from its specification.
  func fill(_ values: (TensorSpecification) -> [Double]) {
    for (index, specification) in specifications.enumerated() {
      for (place, value) in values(specification).enumerated() {
        self[index][place] = Scalar(value)
      }
    }
  }
}

extension Variables {
  /// Sets parameters and buffers by the counter formula over their names.
  func fillFromCounters() {
    for store in [parameters, buffers] {
      store.fill { counterTensor(name: $0.name, shape: $0.shape) }
    }
  }
}
