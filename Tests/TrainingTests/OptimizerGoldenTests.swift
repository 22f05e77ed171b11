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
      var momentum: Float?
      var nesterov: Bool?
      var decay: Double?
      var l1: Double?
      var clip: Float?
      var alpha: Float?
      var epsilon: Float?
      var beta2: Float?
      var psi: Double?
      var decoupled: Bool?
      var trust: Float?
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

    private func optimizer(_ golden: OptimizerGolden.Case) -> Optimizer {
      let settings = golden.settings
      var rule = OptimizerRule(golden.optimizer)
      rule.isNesterov = settings.nesterov ?? true
      rule.hasMomentum = settings.momentum != 0
      rule.alpha = settings.alpha ?? rule.alpha
      rule.epsilon = settings.epsilon ?? rule.epsilon
      rule.beta2 = settings.beta2 ?? rule.beta2
      rule.momentumDecay = settings.psi ?? rule.momentumDecay
      rule.trust = settings.trust ?? rule.trust
      let decay = Decay(
        weight: settings.decay ?? 0, l1: settings.l1 ?? 0,
        kind: settings.decoupled == true ? .decoupled : .auto)
      return Optimizer(
        rule, parameters: graph.parameters,
        treatments: graph.parameters.map { decay.treatment(of: $0, rule.kind) })
    }

    /// The kept elements after the last step.
    private func run(_ golden: OptimizerGolden.Case) -> [String: [Double]] {
      let variables = Variables<Float>(graph)
      let optimizer = optimizer(golden)
      for (index, parameter) in graph.parameters.enumerated() {
        let values = counterValues(name: parameter.name, count: parameter.count)
        for (element, value) in values.enumerated() {
          variables.parameters[index][element] = Float(value)
        }
      }
      for step in 0..<Self.steps {
        for (index, parameter) in graph.parameters.enumerated() {
          let scale = parameter.name == "conv.bias" ? 1e-6 : 1
          let values = counterValues(
            name: "gradient \(step) \(parameter.name)", count: parameter.count)
          for (element, value) in values.enumerated() {
            variables.gradients[index][element] = Float(value * value * value * scale)
          }
        }
        Engine.shared.run {
          optimizer.step(
            variables,
            .init(
              learningRate: Float(0.01 / (1 + 0.1 * Double(step))),
              momentum: golden.settings.momentum ?? 0.9,
              gradientClip: golden.settings.clip ?? .infinity))
        }
      }
      var kept: [String: [Double]] = [:]
      for (index, parameter) in graph.parameters.enumerated() {
        let stride = Self.stride[parameter.name] ?? 1
        kept[parameter.name] = Swift.stride(from: 0, to: parameter.count, by: stride).map {
          Double(variables.parameters[index][$0])
        }
      }
      return kept
    }

    /// How far the weights are off, as a part of how far they moved.
    private func error(_ ours: [String: [Double]], _ theirs: [String: [Double]]) -> Double {
      var worst = 0.0
      for (name, values) in theirs {
        let stride = Self.stride[name] ?? 1
        let parameter = graph.parameters.first { $0.name == name }!
        let start = counterValues(name: name, count: parameter.count)
        let moved = values.enumerated().map { abs($1 - start[$0 * stride]) }.max() ?? 1
        for (ours, theirs) in zip(ours[name] ?? [], values) {
          // A weight of 1 is held to 6e-8, whatever the step; twenty of them round.
          worst = max(worst, (abs(ours - theirs) - 5e-7) / moved)
        }
      }
      return worst
    }

    /// Twenty steps of every optimizer, with its decays, against PyTorch's and timm's in float64 and in
    /// float32: five parts in a million of the way.
    @Test func twentyStepsAreThoseOfPyTorch() throws {
      let golden = try OptimizerGolden.read()
      #expect(Set(golden.cases.map(\.optimizer)) == Set(OptimizerKind.allCases))
      for example in golden.cases {
        let ours = run(example)
        #expect(
          error(ours, example.float64) < 5e-6, "\(example.optimizer) \(example.settings), float64")
        #expect(
          error(ours, example.float32) < 5e-6, "\(example.optimizer) \(example.settings), float32")
      }
    }
  }
}
