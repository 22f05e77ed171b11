import Detectors
import Execution
import Networks
import Testing

/// What YAML puts into a backbone's blocks, on the fast kernels against the Double reference.
@Suite(.serialized) struct BackboneBlockTests {
  private static let backbones = [
    "{type: vgg11, widths: [16, 16, 16, 32, 32], depths: [1, 1, 1, 1, 1]",
    "{type: dense, stem: 16, depths: [1, 1, 1, 1], growth: 16",
    "{type: repvggA0, stem: 16, widths: [16, 16, 32, 32], depths: [1, 2, 1, 1]",
    "{type: resnet18, widths: [16, 16, 32, 32], depths: [1, 1, 1, 1]",
  ]

  private func expectAgreement(_ backbone: String, _ mode: Mode) throws {
    let yaml = """
      strides: [4, 8, 16, 32]
      backbone: \(backbone), activation: silu}
      neck: {type: featurePyramid, channels: 16}
      head: {type: anchor, depth: 0, drop: {type: none}}
      """
    let graph = try ModelSettings(yaml: yaml, file: "model.yaml").graph(classCount: 1)
    try compare(
      graph: graph, inputs: [Shape(channels: 3, height: 128, width: 160)], batch: 2, mode: mode,
      tolerance: 1e-3, compile: ReferenceComparisonTests.fast)
  }

  @Test(arguments: backbones, [Mode.training, .inference])
  func attentionInBlocks(_ backbone: String, _ mode: Mode) throws {
    try expectAgreement(backbone + ", attention: {type: eca, inBlocks: true}", mode)
  }

  @Test(arguments: backbones, [Mode.training, .inference])
  func continuedBorders(_ backbone: String, _ mode: Mode) throws {
    try expectAgreement(backbone + ", padding: reflect", mode)
  }
}
