import Execution
import Networks
import TestSupport
import Testing

/// Gradients of batch renormalisation in the Double reference against central differences.
///
/// Its corrections r and d are constants for the gradient (Ioffe, NeurIPS 2017, algorithm 1), so the
/// function whose differences they are is plain batch norm with `γ·r` for γ and `β + γ·d` for β, r and d
/// being those of the point where the gradient is taken.
@Suite(.serialized) struct BatchRenormalizationTests {
  private static let input = Shape(channels: 3, height: 3, width: 4)
  private static let batch = 2
  private let count = batch * input.count
  private let inputs: [Double]
  private let weights: [Double]

  init() {
    inputs = randomValues(count, purpose: "input", in: -2...2)
    weights = randomValues(count, purpose: "loss")
  }

  private static func graph(_ statistics: BatchNorm.Statistics) -> Graph {
    Graph.trace(channels: input.channels) {
      $0.through("layer", BatchNorm(statistics: statistics)).output("result")
    }
  }

  /// On tensors of the counter formula, running statistics among them.
  private func step(_ scale: Float, _ shift: Float, _ inputs: [Double]) -> StepResult {
    let bounds = Renormalization(scale: scale, shift: shift, firstStep: 0, lastStep: 4)
    let graph = Self.graph(.renormalized(bounds))
    let variables = Variables<Double>(graph)
    variables.fillFromCounters()
    let plan = ReferencePlan(
      graph: graph, inputs: [Self.input], batch: Self.batch, mode: .training, variables: variables,
      gradientInputs: [0])
    var arguments = RunArguments()
    arguments.step = 4
    return runStep(
      plan as any Plan<Double>, variables: variables, inputs: [inputs], outputGradients: [weights],
      arguments: arguments)
  }

  /// The loss of plain batch norm.
  private func loss(_ inputs: [Double], scale: [Double], shift: [Double]) -> Double {
    let graph = Self.graph(.batch)
    let variables = Variables<Double>(graph)
    variables.fillFromCounters()
    _ = variables.parameters[0].update(fromContentsOf: scale)
    _ = variables.parameters[1].update(fromContentsOf: shift)
    let plan = ReferencePlan(
      graph: graph, inputs: [Self.input], batch: Self.batch, mode: .training, variables: variables)
    return total(runStep(plan as any Plan<Double>, variables: variables, inputs: [inputs]))
  }

  private func total(_ result: StepResult) -> Double {
    zip(result.outputs[0], weights).map { $0 * $1 }.reduce(0, +)
  }

  private func differences(_ point: [Double], _ function: ([Double]) -> Double) -> [Double] {
    let h = 1e-5
    return point.indices.map { place in
      var (low, high) = (point, point)
      low[place] -= h
      high[place] += h
      return (function(high) - function(low)) / (2 * h)
    }
  }

  /// Corrections that no bound meets, and such as all bounds hold.
  @Test(arguments: [(Float(100), Float(100)), (1.01, 0.001)])
  func gradientTakesCorrectionsAsConstants(scale: Float, shift: Float) {
    let result = step(scale, shift, inputs)
    let (r, d) = (result.buffers[2], result.buffers[3])
    #expect(r.allSatisfy { abs($0 - 1) > 1e-3 } && d.allSatisfy { abs($0) > 1e-4 })
    #expect(scale == 100 || zip(r, d).allSatisfy { max($0, 1 / $0) > 1.0099 && abs($1) > 0.00099 })
    let names = Self.graph(.batch).parameters.map(\.name)
    let gamma = counterTensor(name: names[0], shape: [Self.input.channels])
    let beta = counterTensor(name: names[1], shape: [Self.input.channels])
    func held(_ inputs: [Double], _ gamma: [Double], _ beta: [Double]) -> Double {
      loss(
        inputs, scale: zip(gamma, r).map { $0 * $1 },
        shift: gamma.indices.map { beta[$0] + gamma[$0] * d[$0] })
    }
    #expect(abs(total(result) - held(inputs, gamma, beta)) < 1e-12)
    let ofInputs = differences(inputs) { held($0, gamma, beta) }
    let ofGamma = differences(gamma) { held(inputs, $0, beta) }
    let ofBeta = differences(beta) { held(inputs, gamma, $0) }
    #expect(relativeError(result.inputGradients[0]!, ofInputs) < 1e-6)
    #expect(relativeError(result.parameterGradients[0], ofGamma) < 1e-6)
    #expect(relativeError(result.parameterGradients[1], ofBeta) < 1e-6)
  }

  /// Where no bound meets them the corrections turn the batch's statistics into the running ones; were
  /// they not held, the gradient would be of that.
  @Test func correctionsThatMoveWouldGiveAnotherGradient() {
    let result = step(100, 100, inputs)
    let moving = differences(inputs) { total(step(100, 100, $0)) }
    #expect(relativeError(result.inputGradients[0]!, moving) > 0.01)
  }
}
