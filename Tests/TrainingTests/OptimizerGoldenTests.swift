import Execution
import Foundation
import Networks
import TestSupport
import Testing
import Training

/// What benchmarks/golden/optimizers.py wrote.
private struct OptimizerGolden: Decodable {
  struct Case: Decodable {
    struct Settings: Decodable {
      var momentum: Double?
      var nesterov: Bool?
      var decay: Double?
      var l1: Double?
      var clip: Double?
      var alpha: Double?
      var epsilon: Double?
      var beta2: Double?
      var psi: Double?
      var decoupled: Bool?
      var trust: Double?
    }

    var optimizer: OptimizerKind
    var settings: Settings
    var float64: [String: [Double]]
    var float32: [String: [Double]]
  }

  var torch: String
  var timm: String
  var cases: [Case]

  static func read() throws -> OptimizerGolden {
    let file = packageRoot().appendingPathComponent("Tests/TrainingTests/golden/optimizers.json")
    return try JSONDecoder().decode(OptimizerGolden.self, from: Data(contentsOf: file))
  }
}

private let graph = Graph.trace(channels: 33) { image in
  image.through("conv", Convolution(channels: 71, kernel: 3)).output("out")
}

extension EngineTests {
  @Suite struct OptimizerGoldenTests {
    private static let steps = 20
    private static let stride = ["conv.weight": 331, "conv.bias": 5]

    private func rule(_ golden: OptimizerGolden.Case) -> OptimizerRule {
      let settings = golden.settings
      var rule = OptimizerRule(golden.optimizer)
      rule.isNesterov = settings.nesterov ?? true
      rule.hasMomentum = settings.momentum != 0
      rule.alpha = settings.alpha ?? rule.alpha
      rule.epsilon = settings.epsilon ?? rule.epsilon
      rule.beta2 = settings.beta2 ?? rule.beta2
      rule.momentumDecay = settings.psi ?? rule.momentumDecay
      rule.trust = settings.trust ?? rule.trust
      return rule
    }

    private func treatments(_ golden: OptimizerGolden.Case) -> [ParameterTreatment] {
      let settings = golden.settings
      let decay = Decay(
        weight: settings.decay ?? 0, l1: settings.l1 ?? 0,
        kind: settings.decoupled == true ? .decoupled : .auto)
      return graph.parameters.map { decay.treatment(of: $0, golden.optimizer) }
    }

    private func step(_ golden: OptimizerGolden.Case, _ index: Int) -> Optimizer.Step {
      .init(
        learningRate: 0.01 / (1 + 0.1 * Double(index)), momentum: golden.settings.momentum ?? 0.9,
        gradientClip: golden.settings.clip ?? .infinity)
    }

    private var weights: [[Float]] {
      graph.parameters.map { counterValues(name: $0.name, count: $0.count).map(Float.init) }
    }

    private func gradients(_ step: Int) -> [[Float]] {
      graph.parameters.map { parameter in
        let scale = parameter.name == "conv.bias" ? 1e-6 : 1
        return counterValues(name: "gradient \(step) \(parameter.name)", count: parameter.count)
          .map { Float($0 * $0 * $0 * scale) }
      }
    }

    private func kept(_ values: [[Double]]) -> [String: [Double]] {
      var kept: [String: [Double]] = [:]
      for (parameter, values) in zip(graph.parameters, values) {
        let stride = Self.stride[parameter.name] ?? 1
        kept[parameter.name] = Swift.stride(from: 0, to: values.count, by: stride).map {
          values[$0]
        }
      }
      return kept
    }

    /// The kept elements after the last step of the kernels.
    private func run(_ golden: OptimizerGolden.Case) -> [String: [Double]] {
      let variables = Variables<Float>(graph)
      let optimizer = Optimizer(
        rule(golden), parameters: graph.parameters, treatments: treatments(golden))
      for (index, values) in weights.enumerated() {
        _ = variables.parameters[index].update(fromContentsOf: values)
      }
      for index in 0..<Self.steps {
        for (parameter, values) in gradients(index).enumerated() {
          _ = variables.gradients[parameter].update(fromContentsOf: values)
        }
        Engine.shared.run { optimizer.step(variables, step(golden, index)) }
      }
      return kept(graph.parameters.indices.map { variables.parameters[$0].map(Double.init) })
    }

    /// The same of the reference in Double.
    private func runReference(_ golden: OptimizerGolden.Case) -> [String: [Double]] {
      var optimizer = ReferenceOptimizer(
        rule(golden), parameters: graph.parameters, treatments: treatments(golden))
      var values = weights.map { $0.map(Double.init) }
      var average = values
      for index in 0..<Self.steps {
        optimizer.step(
          &values, gradients: gradients(index).map { $0.map(Double.init) }, average: &average,
          step(golden, index))
      }
      return kept(values)
    }

    /// How far the weights are off, as a part of how far they moved.
    ///
    /// - Parameter rounding: what is forgiven.
    private func error(
      _ ours: [String: [Double]], _ theirs: [String: [Double]], rounding: Double = 0
    ) -> Double {
      var worst = 0.0
      for (name, values) in theirs {
        let stride = Self.stride[name] ?? 1
        let parameter = graph.parameters.first { $0.name == name }!
        let start = counterValues(name: name, count: parameter.count)
        let moved = values.enumerated().map { abs($1 - start[$0 * stride]) }.max() ?? 1
        for (ours, theirs) in zip(ours[name] ?? [], values) {
          worst = max(worst, (abs(ours - theirs) - rounding) / moved)
        }
      }
      return worst
    }

    /// Twenty steps of every optimizer, with its decays, against PyTorch's and timm's in float64: the
    /// reference to 1e-9 of the way.
    @Test func twentyStepsOfTheReferenceAreThoseOfPyTorch() throws {
      let golden = try OptimizerGolden.read()
      #expect(Set(golden.cases.map(\.optimizer)) == Set(OptimizerKind.allCases))
      for example in golden.cases {
        let ours = runReference(example)
        #expect(Set(ours.keys) == Set(example.float64.keys))
        #expect(error(ours, example.float64) < 1e-9, "\(example.optimizer) \(example.settings)")
      }
    }

    /// The kernels, in float32, to five parts in a million of the way. A weight of 1 is held to 6e-8,
    /// whatever the step; twenty of them round.
    @Test func twentyStepsOfTheKernelsAreThoseOfPyTorch() throws {
      for example in try OptimizerGolden.read().cases {
        let ours = run(example)
        let name: Comment = "\(example.optimizer) \(example.settings)"
        #expect(error(ours, example.float64, rounding: 5e-7) < 5e-6, name)
        #expect(error(ours, example.float32, rounding: 5e-7) < 5e-6, name)
      }
    }
  }
}
