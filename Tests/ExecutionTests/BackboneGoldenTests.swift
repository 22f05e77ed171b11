import Detectors
import Execution
import Foundation
import Networks
import TestSupport
import Testing

/// Every backbone against torchvision's or timm's network of its name (`benchmarks/golden/backbones.py`).
@Suite(.serialized) struct BackboneGoldenTests {
  /// A network at full size.
  struct Count: Decodable, CustomTestStringConvertible, Sendable {
    let settings: String
    let program: String
    let parameters: Int
    let multiplyAdds: Int

    var testDescription: String { "\(settings) of \(program)" }
  }

  /// A small network's features and gradients.
  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    let settings: String
    let program: String
    let batch: Int
    let input: [Int]
    let epsilon: Float
    let features: [Digest]
    let inputGradient: Digest
    let gradients: [Gradient]

    var testDescription: String { "\(settings) of \(program)" }
  }

  struct Gradient: Decodable, Sendable {
    let name: String
    let digest: Digest

    private enum Key: CodingKey { case name }

    init(from decoder: any Decoder) throws {
      name = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .name)
      digest = try Digest(from: decoder)
    }
  }

  private struct Golden: Decodable {
    let counts: [Count]
    let cases: [Case]
  }

  private static let golden: Golden = {
    let file = packageRoot().appendingPathComponent("Tests/ExecutionTests/golden/backbones.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }()

  /// Reached as a user reaches them.
  private func settings(_ settings: String) throws -> BackboneSettings {
    let yaml = """
      {strides: [4, 8, 16, 32], neck: {type: featurePyramid}, head: {type: anchor},
       backbone: \(settings)}
      """
    return try ModelSettings(yaml: yaml, file: "golden").backbone
  }

  private func family(_ settings: BackboneSettings) -> String {
    "\(type(of: settings.backbone))"
  }

  /// The backbone alone; features are outputs `c2` … `c5`.
  private func graph(_ settings: String, norm: Norm? = nil) throws -> Graph {
    let backbone = try self.settings(settings).backbone
    #expect(backbone.strides == [4, 8, 16, 32])
    return Graph.trace { image in
      let features = image.scoped("backbone") { backbone($0, norm: norm) }
      for (level, feature) in features.enumerated() { feature.output("c\(level + 2)") }
    }
  }

  /// Features and gradients.
  @Test(arguments: golden.cases, [Mode.training, .inference])
  func fastKernelsAgreeWithTheReference(_ golden: Case, mode: Mode) throws {
    try compare(
      graph: try graph(golden.settings), inputs: [Shape(channels: 3, height: 96, width: 128)],
      batch: 2, mode: mode, tolerance: 1e-3, compile: ReferenceComparisonTests.fast)
  }

  @Test func everyFamilyIsAmongTheCases() throws {
    let tested = Set(
      try Self.golden.cases.map { family(try settings($0.settings)) })
    let all = Set(BackboneSettings.architectures.map { family($0.settings) })
    #expect(tested == all)
  }

  @Test(arguments: golden.counts)
  func hasAsManyParametersAndMultiplyAdds(_ golden: Count) throws {
    let graph = try graph(golden.settings)
    let description = graph.description(inputs: [Shape(channels: 3, height: 224, width: 224)])
    #expect(description.parameters == golden.parameters)
    #expect(description.multiplyAdds == golden.multiplyAdds)
    #expect(graph.deadEnds.isEmpty)
  }

  @Test(arguments: golden.cases)
  func givesTheSameFeaturesAndGradients(_ golden: Case) throws {
    let graph = try graph(golden.settings, norm: .batch(BatchNorm(epsilon: golden.epsilon)))
    #expect(Set(graph.parameters.map(\.name)) == Set(golden.gradients.map(\.name)))
    let variables = Variables<Double>(graph)
    variables.fillFromCounters()
    let shape = Shape(
      channels: golden.input[0], height: golden.input[1], width: golden.input[2])
    let plan: any Plan<Double> = ReferencePlan(
      graph: graph, inputs: [shape], batch: golden.batch, mode: .training, variables: variables,
      gradientInputs: [0])
    let step = runStep(
      plan, variables: variables,
      inputs: [counterValues(name: "image", count: golden.batch * shape.count)],
      outputGradients: plan.outputShapes.enumerated().map {
        counterValues(name: "gradient of c\($0.offset + 2)", count: golden.batch * $0.element.count)
      })
    for (digest, values) in zip(golden.features, step.outputs) {
      #expect(digest.error(of: values) < 1e-9)
    }
    #expect(golden.inputGradient.error(of: step.inputGradients[0]!) < 1e-9)
    let largest = step.parameterGradients.joined().map(abs).max()!
    for gradient in golden.gradients {
      let index = try #require(graph.parameters.firstIndex { $0.name == gradient.name })
      let values = step.parameterGradients[index]
      // A bias that a norm behind takes out again has rounding errors for a gradient.
      if gradient.digest.isRounding(values, beside: largest) { continue }
      #expect(gradient.digest.error(of: values) < 1e-9, "\(gradient.name)")
    }
  }
}
