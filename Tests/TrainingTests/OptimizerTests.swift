import Execution
import Foundation
import Networks
import RandomNumbers
import Testing
import Training

/// A convolution's weight, which decays, and its bias, which does not; the sizes leave gaps in the
/// store and cut spans.
private let graph = Graph.trace(channels: 33) { image in
  image.through("conv", Convolution(channels: 71, kernel: 3)).output("out")
}

/// One more of which something is frozen.
private let deepGraph = Graph.trace(channels: 33) { image in
  image.through("conv", Convolution(channels: 71, kernel: 3))
    .through("frozen", Convolution(channels: 5, kernel: 1, hasBias: false)).output("out")
}

private func filledVariables(_ graph: Graph = graph, seed: UInt64) -> Variables<Float> {
  let variables = Variables<Float>(graph, seed: seed)
  var generator = KeyedGenerator(seed: seed, purpose: "gradients")
  for index in variables.gradients.specifications.indices {
    for element in variables.gradients[index].indices {
      variables.gradients[index][element] = Float(generator.standardNormal())
    }
  }
  return variables
}

private func doubles(_ store: TensorStore<Float>) -> [[Double]] {
  store.specifications.indices.map { store[$0].map(Double.init) }
}

private func largestDifference(_ a: [Double], _ b: UnsafeMutableBufferPointer<Float>) -> Double {
  zip(a, b).map { abs($0 - Double($1)) }.max() ?? 0
}

extension EngineTests {
  @Suite struct OptimizerTests {
    /// Every rule with every decay, rate factors, clipping, a frozen tensor and the average.
    @Test(arguments: OptimizerKind.allCases, [false, true])
    func kernelsFollowTheReference(_ kind: OptimizerKind, isPlain: Bool) {
      var rule = OptimizerRule(kind)
      (rule.isNesterov, rule.hasMomentum) = (!isPlain, !isPlain)
      (rule.beta2, rule.trust, rule.epsilon) = (0.99, 0.02, 1e-6)
      var treatments = [ParameterTreatment(), ParameterTreatment(), ParameterTreatment()]
      (treatments[0].rateFactor, treatments[0].l1, treatments[0].l2) = (0.5, 0.01, 0.2)
      (treatments[1].decay, treatments[1].adapts) = (0.1, false)
      treatments[2].isFrozen = true
      let variables = filledVariables(deepGraph, seed: 9)
      let average = TensorStore<Float>(deepGraph.parameters)
      average.fill(1)
      let optimizer = Optimizer(rule, parameters: deepGraph.parameters, treatments: treatments)
      var reference = ReferenceOptimizer(
        rule, parameters: deepGraph.parameters, treatments: treatments)
      var values = doubles(variables.parameters)
      var averages = doubles(average)
      for number in 0..<5 {
        let step = Optimizer.Step(
          learningRate: 0.05 / Double(number + 1), momentum: isPlain ? 0 : 0.9,
          gradientScale: 0.25, gradientClip: 0.4, averageRate: 0.3)
        Engine.shared.run { optimizer.step(variables, average: average, step) }
        reference.step(
          &values, gradients: doubles(variables.gradients), average: &averages, step)
        for index in deepGraph.parameters.indices {
          #expect(largestDifference(values[index], variables.parameters[index]) < 2e-6)
          #expect(largestDifference(averages[index], average[index]) < 2e-6)
        }
        for (ours, theirs) in zip(reference.moments, optimizer.moments) {
          for index in deepGraph.parameters.indices {
            let size = ours[index].map(abs).max()!
            #expect(largestDifference(ours[index], theirs[index]) <= 3e-6 * size)
          }
        }
      }
    }

    /// w = 1, g = 0.5 twice, rate 0.1, momentum 0.9, decay 0.1 as torch.optim.SGD(nesterov=True):
    /// step 1: g = 0.6, v = 0.6, w = 1 − 0.1·(0.6 + 0.54) = 0.886;
    /// step 2: g = 0.5886, v = 1.1286, w = 0.886 − 0.1·(0.5886 + 1.01574) = 0.725566.
    @Test func sgdTakesTwoStepsByHand() {
      let variables = Variables<Float>(graph)
      variables.parameters.fill(1)
      variables.gradients.fill(0.5)
      let optimizer = Optimizer(
        .sgd, parameters: graph.parameters, decay: Decay(weight: 0.1))
      let step = Optimizer.Step(learningRate: 0.1, momentum: 0.9)
      Engine.shared.run { optimizer.step(variables, step) }
      #expect(abs(variables.parameters[0][0] - 0.886) < 1e-6)
      Engine.shared.run { optimizer.step(variables, step) }
      #expect(abs(variables.parameters[0][0] - 0.725566) < 1e-6)
    }

    /// AdamW's first step is of the learning rate whatever the gradient: w = 1 − 0.1·0.1·1 − 0.1.
    @Test func adamwTakesItsFirstStepByHand() {
      let variables = Variables<Float>(graph)
      variables.parameters.fill(1)
      variables.gradients.fill(0.5)
      let optimizer = Optimizer(
        .adamw, parameters: graph.parameters, decay: Decay(weight: 0.1))
      Engine.shared.run {
        optimizer.step(variables, .init(learningRate: 0.1, momentum: 0.9))
      }
      #expect(abs(variables.parameters[0][0] - 0.89) < 1e-6)
      #expect(abs(variables.parameters[1][0] - 0.9) < 1e-6)
    }

    @Test func averageMovesTowardsTheNewWeights() {
      let variables = Variables<Float>(graph)
      variables.parameters.fill(1)
      variables.gradients.fill(1)
      let average = TensorStore<Float>(graph.parameters)
      average.fill(2)
      let optimizer = Optimizer(.sgd, parameters: graph.parameters)
      Engine.shared.run {
        optimizer.step(
          variables, average: average,
          .init(learningRate: 1, momentum: 0, averageRate: 0.25))
      }
      // The weight goes to 0, the average a quarter of the way there.
      #expect(variables.parameters[0][5] == 0)
      #expect(average[0][5] == 1.5)
    }

    /// Of a weight of 3 and a bias of −2 under gradients of ½: clipped to ¼; the weight's gradient is
    /// ¼ + 0.1·3 + 0.01 = 0.56, the bias's ¼.
    @Test func clipsThenAddsBothDecays() {
      let variables = Variables<Float>(graph)
      variables.parameters[0].update(repeating: 3)
      variables.parameters[1].update(repeating: -2)
      variables.gradients.fill(0.5)
      let optimizer = Optimizer(
        .sgd, parameters: graph.parameters, decay: Decay(weight: 0.1, l1: 0.01))
      Engine.shared.run {
        optimizer.step(variables, .init(learningRate: 1, momentum: 0, gradientClip: 0.25))
      }
      #expect(abs(variables.parameters[0][7] - 2.44) < 1e-6)
      #expect(variables.parameters[1][7] == -2.25)
    }

    /// Decoupled, a decay of 0.1 at a rate of 1 takes a tenth of the weight whatever the momentum.
    @Test func decoupledDecayPassesByTheVelocity() {
      let variables = Variables<Float>(graph)
      variables.parameters.fill(1)
      let optimizer = Optimizer(
        .sgd, parameters: graph.parameters, decay: Decay(weight: 0.1, kind: .decoupled))
      for _ in 0..<2 {
        Engine.shared.run { optimizer.step(variables, .init(learningRate: 1, momentum: 0.9)) }
      }
      #expect(abs(variables.parameters[0][0] - 0.81) < 1e-6)
      #expect(variables.parameters[1][0] == 1)
    }

    /// LAMB's first step is of the gradient's sign, scaled to the weights' norm: 2 − 0.1·2.
    @Test func lambsFirstStepIsAPartOfTheWeights() {
      let variables = Variables<Float>(graph)
      variables.parameters.fill(2)
      variables.gradients.fill(0.5)
      let optimizer = Optimizer(.lamb, parameters: graph.parameters)
      Engine.shared.run { optimizer.step(variables, .init(learningRate: 0.1, momentum: 0.9)) }
      #expect(abs(variables.parameters[0][0] - 1.8) < 1e-5)
      // A bias does not adapt.
      #expect(abs(variables.parameters[1][0] - 1.9) < 1e-5)
    }

    @Test func frozenParametersStay() {
      let variables = filledVariables(seed: 8)
      let before = Array(variables.parameters[0])
      var frozen = ParameterTreatment()
      frozen.isFrozen = true
      let optimizer = Optimizer(
        OptimizerRule(.adam), parameters: graph.parameters, treatments: [frozen, .init()])
      optimizer.clearFrozen(variables.gradients)
      #expect(variables.gradients[0].allSatisfy { $0 == 0 })
      #expect(variables.gradients[1].contains { $0 != 0 })
      let bias = variables.parameters[1][0]
      Engine.shared.run { optimizer.step(variables, .init(learningRate: 0.1, momentum: 0.9)) }
      #expect(Array(variables.parameters[0]) == before)
      #expect(variables.parameters[1][0] != bias)
    }

    @Test(arguments: OptimizerKind.allCases)
    func stepIsTheSameForAnyThreadCount(_ kind: OptimizerKind) {
      let before = Engine.shared.threadCount
      defer { Engine.shared.threadCount = before }
      let results = [1, 3].map { threads in
        Engine.shared.threadCount = threads
        let variables = filledVariables(seed: 6)
        let optimizer = Optimizer(kind, parameters: graph.parameters, decay: Decay(weight: 0.1))
        for _ in 0..<2 {
          Engine.shared.run { optimizer.step(variables, .init(learningRate: 0.01, momentum: 0.9)) }
        }
        return Array(variables.parameters[0])
      }
      #expect(results[0] == results[1])
    }

    @Test func normIsTheSameForAnyThreadCount() {
      let variables = filledVariables(seed: 5)
      var expected = 0.0
      for index in graph.parameters.indices {
        for value in variables.gradients[index] { expected += Double(value) * Double(value) }
      }
      let before = Engine.shared.threadCount
      defer { Engine.shared.threadCount = before }
      let norms = [1, 2, 3].map { threads in
        Engine.shared.threadCount = threads
        return Engine.shared.run { variables.gradients.norm }
      }
      #expect(norms[0] == norms[1] && norms[1] == norms[2])
      #expect(abs(norms[0] - expected.squareRoot()) < 1e-9 * norms[0])
    }
  }
}

@Suite struct WeightAverageTests {
  /// d = 0.999·(1 − e^(−1)) at step τ.
  @Test func rampReachesMostOfTheDecayAtTau() {
    let average = WeightAverage(decay: 0.999, tau: 100)
    #expect(abs(average.rate(step: 100) - (1 - 0.999 * (1 - exp(-1.0)))) < 1e-12)
    #expect(abs(average.rate(step: 100_000) - 0.001) < 1e-12)
  }

  @Test func withoutDecayTheAverageIsTheWeights() {
    #expect(WeightAverage(decay: 0, tau: 100).rate(step: 7) == 1)
  }
}
