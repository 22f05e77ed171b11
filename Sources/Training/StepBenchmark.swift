import Boxes
import Detectors
import Execution
import Foundation
import Networks
import RandomNumbers

/// Times full training steps on random data that stays in memory.
package struct StepBenchmark {
  /// Milliseconds.
  package struct Spread: Codable, Hashable {
    package var min: Double
    package var median: Double
    package var max: Double

    package init(_ values: [Double]) {
      let sorted = values.sorted()
      min = sorted[0]
      max = sorted[sorted.count - 1]
      median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }

  /// Of each part of a step and of the whole, per picture.
  package struct Result: Codable, Hashable {
    package var step: Spread
    package var stepWithoutLoss: Spread
    package var forward: Spread
    /// Nil for a network without a loss of its own.
    package var loss: Spread?
    package var backward: Spread
    package var optimizer: Spread
    package var arenaBytes: Int
    /// By how much the process's memory grew from before the network was made, when something small
    /// had been trained already.
    package var growthBytes: Int
    /// The longest first; nil where they were not asked for.
    package var kernels: [KernelShare]?
  }

  /// What the kernels of one kind took in a step, milliseconds a picture.
  package struct KernelShare: Codable, Hashable {
    package var implementation: String
    package var pass: String
    package var count: Int
    package var milliseconds: Double
  }

  package var size: Extent = 320
  package var batch = 8
  package var steps = 20
  package var warmUp = 3
  package var precision = Precision.f32
  /// Whether the backward pass computes cheap values again.
  package var recomputes = false
  /// Objects in each picture.
  package var objects = 8
  /// Whether every kernel is timed apart as well.
  package var timesKernels = false

  package init() {}

  /// A detector's step.
  package func run(_ model: TrainableDetector) throws -> Result {
    var generator = KeyedGenerator(seed: 0, purpose: "targets")
    let targets = (0..<batch).map { _ in randomTargets(model, &generator) }
    return try run(model.graph) { plan in
      _ = model.head.loss(
        HeadOutputs(plan, isTraining: true), targets: targets, strides: model.strides,
        classCount: model.classNames.count, input: size)
    }
  }

  /// A network's step; without a loss its outputs' gradients are ones.
  package func run(_ graph: Graph, loss: ((any Plan<Float>) -> Void)? = nil) throws -> Result {
    try touchLibraries()
    ProcessMemory.restartPeak()
    let memoryBefore = ProcessMemory.resident
    let variables = Variables<Float>(graph)
    let average = TensorStore<Float>(graph.parameters)
    let optimizer = Optimizer(TrainingSettings().optimizer, parameters: graph.parameters)
    let input = graph.pictureShape(size)
    let plan = try PlanMaker.compiling(training: precision, recomputes: recomputes)
      .make(graph, input, batch, .training, variables)
    var generator = KeyedGenerator(seed: 0, purpose: "benchmark")
    let pixels = UnsafeMutablePointer<Float>.allocate(capacity: batch * input.count)
    defer { pixels.deallocate() }
    for index in 0..<batch * input.count { pixels[index] = Float(generator.uniform()) }
    for (index, shape) in plan.outputShapes.enumerated() {
      plan.outputGradient(index).update(repeating: 1, count: batch * shape.count)
    }
    var laps: [[Double]] = []
    for step in 0..<warmUp + steps {
      let parts = Engine.shared.run { timed(plan, variables, average, optimizer, pixels, loss) }
      if step >= warmUp { laps.append(parts.map { $0 / Double(batch) }) }
    }
    return Result(
      step: Spread(laps.map { $0.reduce(0, +) }),
      stepWithoutLoss: Spread(laps.map { $0[0] + $0[2] + $0[3] }),
      forward: Spread(laps.map { $0[0] }), loss: loss == nil ? nil : Spread(laps.map { $0[1] }),
      backward: Spread(laps.map { $0[2] }), optimizer: Spread(laps.map { $0[3] }),
      arenaBytes: plan.arenaBytes, growthBytes: max(0, ProcessMemory.peak - memoryBefore),
      kernels: timesKernels ? kernelShares(plan) : nil)
  }

  /// Each kernel's median over the steps, summed over the kernels of a kind.
  private func kernelShares(_ plan: any Plan<Float>) -> [KernelShare]? {
    guard let plan = plan as? FastPlan else { return nil }
    let rounds = Engine.shared.run { (0..<steps).map { _ in plan.kernelTimes() } }
    var shares: [String: KernelShare] = [:]
    for (place, kernel) in plan.kernelList.enumerated() {
      shares[
        "\(kernel.implementation) \(kernel.pass)",
        default: KernelShare(
          implementation: kernel.implementation, pass: kernel.pass, count: 0, milliseconds: 0)
      ].add(Spread(rounds.map { $0[place] / Double(batch) }).median)
    }
    return shares.values.sorted { $0.milliseconds > $1.milliseconds }
  }

  /// A step of one small layer, after which the libraries' own memory is in use.
  private func touchLibraries() throws {
    let graph = Graph.trace { $0.through("small", ConvolutionBlock(channels: 16)).output("y") }
    let input = graph.pictureShape(16)
    let variables = Variables<Float>(graph)
    let plan = try PlanMaker.compiling(training: precision)
      .make(graph, input, 1, .training, variables)
    let optimizer = Optimizer(TrainingSettings().optimizer, parameters: graph.parameters)
    let pixels = [Float](repeating: 0.5, count: input.count)
    pixels.withUnsafeBufferPointer { pixels in
      Engine.shared.run {
        _ = timed(
          plan, variables, TensorStore<Float>(graph.parameters), optimizer, pixels.baseAddress!, nil
        )
      }
    }
  }

  /// Forward, loss, backward, optimizer; the learning rate is 0, so that random data do no harm.
  private func timed(
    _ plan: any Plan<Float>, _ variables: Variables<Float>, _ average: TensorStore<Float>,
    _ optimizer: Optimizer, _ pixels: UnsafePointer<Float>, _ loss: ((any Plan<Float>) -> Void)?
  ) -> [Double] {
    let arguments = RunArguments()
    var marks = [ContinuousClock.now]
    plan.bind(input: 0, to: pixels)
    plan.forward(arguments)
    marks.append(.now)
    loss?(plan)
    marks.append(.now)
    plan.backward(arguments)
    marks.append(.now)
    _ = variables.gradients.norm
    optimizer.step(
      variables, average: average,
      .init(learningRate: 0, momentum: 0.9, averageRate: 0.001))
    marks.append(.now)
    return zip(marks, marks.dropFirst()).map { ($1 - $0) / .milliseconds(1) }
  }

  private func randomTargets(_ model: TrainableDetector, _ generator: inout KeyedGenerator)
    -> [Target]
  {
    (0..<objects).map { _ in
      let side = exp(generator.uniform(log(12), log(Double(min(size.height, size.width)) / 2)))
      let box = Box(
        centerX: Float(generator.uniform(side / 2, Double(size.width) - side / 2)),
        centerY: Float(generator.uniform(side / 2, Double(size.height) - side / 2)),
        width: Float(side), height: Float(side))
      return Target(box: box, label: generator.index(below: model.classNames.count))
    }
  }
}

extension StepBenchmark.KernelShare {
  fileprivate mutating func add(_ milliseconds: Double) {
    count += 1
    self.milliseconds += milliseconds
  }
}
