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
    let maker = PlanMaker.compiling(training: precision, recomputes: recomputes)
    return try run(
      model.graph,
      Work(targets: targets) {
        try maker.run(model, size: size, batch: batch, .training, $0)
      } loss: { outputs in
        _ = model.head.loss(
          outputs, targets: targets, strides: model.strides, classCount: model.classNames.count,
          input: size)
      })
  }

  /// A network's step; without a loss its outputs' gradients are ones.
  package func run(_ graph: Graph) throws -> Result {
    let maker = PlanMaker.compiling(training: precision, recomputes: recomputes)
    return try run(
      graph,
      Work {
        let stage = NetworkStage(graph: graph, inputs: [graph.pictureShape(size)])
        return PlanRun(try maker.make(stage, batch, .training, $0), mode: .training)
      })
  }

  /// What is timed.
  private struct Work {
    var targets: [[Target]] = []
    var make: (Variables<Float>) throws -> any DetectorRun
    var loss: ((HeadOutputs) -> Void)?
  }

  private func run(_ graph: Graph, _ work: Work) throws -> Result {
    try touchLibraries()
    ProcessMemory.restartPeak()
    let memoryBefore = ProcessMemory.resident
    let variables = Variables<Float>(graph)
    let average = TensorStore<Float>(graph.parameters)
    let optimizer = Optimizer(TrainingSettings().optimizer, parameters: graph.parameters)
    let input = graph.pictureShape(size)
    let network = try work.make(variables)
    var generator = KeyedGenerator(seed: 0, purpose: "benchmark")
    let pixels = UnsafeMutablePointer<Float>.allocate(capacity: batch * input.count)
    defer { pixels.deallocate() }
    for index in 0..<batch * input.count { pixels[index] = Float(generator.uniform()) }
    for plan in network.plans {
      for (index, shape) in plan.outputShapes.enumerated() {
        plan.outputGradient(index).update(repeating: 1, count: batch * shape.count)
      }
    }
    var laps: [[Double]] = []
    for step in 0..<warmUp + steps {
      let parts = Engine.shared.run { timed(network, variables, average, optimizer, pixels, work) }
      if step >= warmUp { laps.append(parts.map { $0 / Double(batch) }) }
    }
    return Result(
      step: Spread(laps.map { $0.reduce(0, +) }),
      stepWithoutLoss: Spread(laps.map { $0[0] + $0[2] + $0[3] }),
      forward: Spread(laps.map { $0[0] }),
      loss: work.loss == nil ? nil : Spread(laps.map { $0[1] }),
      backward: Spread(laps.map { $0[2] }), optimizer: Spread(laps.map { $0[3] }),
      arenaBytes: network.arenaBytes, growthBytes: max(0, ProcessMemory.peak - memoryBefore),
      kernels: timesKernels ? kernelShares(network) : nil)
  }

  /// Each kernel's median over the steps, summed over the kernels of a kind.
  private func kernelShares(_ network: any DetectorRun) -> [KernelShare]? {
    let plans = network.plans.compactMap { $0 as? FastPlan }
    guard plans.count == network.plans.count else { return nil }
    let rounds = Engine.shared.run {
      (0..<steps).map { _ in plans.flatMap { $0.kernelTimes() } }
    }
    var shares: [String: KernelShare] = [:]
    for (place, kernel) in plans.flatMap(\.kernelList).enumerated() {
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
    let stage = NetworkStage(graph: graph, inputs: [input])
    let plan = try PlanMaker.compiling(training: precision).make(stage, 1, .training, variables)
    let work = Work { _ in PlanRun(plan, mode: .training) }
    let optimizer = Optimizer(TrainingSettings().optimizer, parameters: graph.parameters)
    let pixels = [Float](repeating: 0.5, count: input.count)
    try pixels.withUnsafeBufferPointer { pixels in
      try Engine.shared.run {
        _ = timed(
          try work.make(variables), variables, TensorStore<Float>(graph.parameters), optimizer,
          pixels.baseAddress!, work)
      }
    }
  }

  /// Forward, loss, backward, optimizer; the learning rate is 0, so that random data do no harm.
  private func timed(
    _ network: any DetectorRun, _ variables: Variables<Float>, _ average: TensorStore<Float>,
    _ optimizer: Optimizer, _ pixels: UnsafePointer<Float>, _ work: Work
  ) -> [Double] {
    let arguments = RunArguments()
    var marks = [ContinuousClock.now]
    let outputs = network.forward(pixels, targets: work.targets, arguments)
    marks.append(.now)
    work.loss?(outputs)
    marks.append(.now)
    network.backward(arguments)
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
