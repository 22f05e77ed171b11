import Detectors
import Networks
import Testing

@Suite struct ActivationNameTests {
  private func activation(_ text: String) throws -> ActivationName {
    let settings = try ModelSettings(yaml: "backbone: {activation: \(text)}", file: "model.yaml")
    guard case .crossStage(let backbone) = settings.backbone else { return .relu }
    return backbone.activation
  }

  @Test(arguments: [
    ("silu", ActivationFunction.silu), ("leakyReLU", .leakyReLU(slope: 0.1)),
    ("leakyReLU(0.25)", .leakyReLU(slope: 0.25)), ("elu", .elu(alpha: 1)),
    ("swish", .learnedSwish), ("swish(1.5)", .swish(beta: 1.5)),
    ("geluSigmoid", .swish(beta: 1.702)), ("prelu", .prelu), ("hardSigmoid", .hardSigmoid),
  ])
  func namesPickFunctions(text: String, function: ActivationFunction) throws {
    #expect(try activation(text).function == function)
  }

  @Test func textsComeBack() {
    for name in ActivationName.names + ["swish(0.5)", "leakyReLU(0.3)", "elu(2.0)"] {
      #expect(ActivationName(name)?.text == name)
    }
  }

  /// What Swift has by name is what YAML has by name.
  @Test func swiftHasEveryName() {
    let names: [ActivationName] = [
      .relu, .relu6, .prelu, .silu, .learnedSwish, .hardSwish, .gelu, .geluTanh,
      .swish(beta: 1.702), .mish, .tanh, .sigmoid, .hardSigmoid, .identity, .leakyReLU(slope: 0.1),
      .elu(alpha: 1),
    ]
    #expect(names.map(\.text) == ActivationName.names)
  }

  @Test(arguments: [
    ("mishh", "did you mean mish?"), ("elu(", "valid: relu"), ("relu(3)", "did you mean relu?"),
    ("swish(nan)", "valid: relu"), ("leakyReLU()", "did you mean leakyReLU?"),
  ])
  func otherTextIsNamed(text: String, message: String) {
    do {
      _ = try activation("\"\(text)\"")
      Issue.record("no error for \(text)")
    } catch {
      #expect("\(error)".contains("backbone.activation knows no \"\(text)\""), "\(error)")
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  /// A learned number belongs to one place each.
  @Test func everyPlaceLearnsItsOwn() throws {
    let settings = try ModelSettings(
      yaml: """
        preset: tiny-retina
        backbone: {activation: prelu}
        head: {activation: swish}
        """, file: "model.yaml")
    let graph = try settings.graph(classCount: 3)
    let learning = graph.nodes.filter {
      if case .activation(let activation) = $0.operation {
        activation.function.firstLearned != nil
      } else {
        false
      }
    }
    #expect(learning.count > 20)
    #expect(Set(learning.map { $0.parameters[0] }).count == learning.count)
    #expect(graph.parameters.contains { $0.name == "head.p3.class.0.activation.weight" })
  }
}
