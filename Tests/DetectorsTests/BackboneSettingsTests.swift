import Detectors
import Networks
import Testing

@Suite struct BackboneSettingsTests {
  private static let parts = "neck: {type: featurePyramid, channels: 32}\nhead: {type: anchor}\n"

  private func settings(_ backbone: String, strides: String = "[4, 8, 16, 32]") throws
    -> ModelSettings
  {
    try ModelSettings(
      yaml: "strides: \(strides)\n\(Self.parts)backbone: \(backbone)\n", file: "model.yaml")
  }

  @Test(arguments: BackboneSettings.architectures.map(\.name))
  func everyOneGivesFeaturesAtStrides4To32(_ name: String) throws {
    let settings = try settings("{type: \(name), scale: {width: 0.5, depth: 0.5}}")
    #expect(settings.backbone.backbone.strides == [4, 8, 16, 32])
    let graph = try settings.graph(classCount: 2)
    #expect(graph.deadEnds.isEmpty)
    let shapes = graph.shapes(inputs: [Shape(channels: 3, height: 64, width: 96)])
    let sides = graph.outputs.map { shapes[$0].height }
    #expect(sides == [16, 16, 8, 8, 4, 4, 2, 2])
    #expect(try ModelSettings(yaml: settings.yaml, file: "again") == settings)
  }

  @Test(arguments: BackboneSettings.architectures.map(\.name))
  func everyOneTakesAttentionBehindItsStages(_ name: String) throws {
    let graph = try settings(
      "{type: \(name), scale: {width: 0.5, depth: 0.3}, attention: {type: eca, after: [8, 32]}}"
    ).graph(classCount: 2)
    #expect(graph.parameters.count { $0.name.contains(".eca.") } == 2)
  }

  @Test func widthsGoToTheNearestMultipleOf8() throws {
    // 0.3 · 64 = 19.2 → 16 would take away more than a tenth: 24. 0.5 of 3 blocks: 2.
    let graph = try settings(
      "{type: resnet18, depths: [3, 1, 1, 1], scale: {width: 0.3, depth: 0.5}}"
    ).graph(classCount: 2)
    let stem = graph.parameters.first { $0.name == "backbone.stem.conv.weight" }
    #expect(stem?.shape == [24, 3, 7, 7])
    #expect(graph.parameters.contains { $0.name == "backbone.stage1.1.conv1.conv.weight" })
    #expect(!graph.parameters.contains { $0.name == "backbone.stage1.2.conv1.conv.weight" })
  }

  @Test(arguments: [
    ("{type: resnet60}", "line 4: backbone.type knows no \"resnet60\"; did you mean resnet50?"),
    ("{type: mobilenetV3Lrge}", "did you mean mobilenetV3Large?"),
    ("{type: densenet121, widths: [3]}", "line 4: unknown key backbone.widths; "),
    ("{type: resnet18, groups: 2}", "line 4: backbone.groups needs block: bottleneck"),
    ("{type: resnext50, groups: 24}", "24 groups do not divide"),
    ("{type: vgg16, depths: [1, 2]}", "line 4: backbone.depths has 2 entries; one for each of"),
    ("{type: darknet53, scale: {width: 0}}", "line 4: backbone.scale.width must be 0.01 … 16"),
    ("{type: mobile, version: v4}", "backbone.version knows no \"v4\"; did you mean v1?"),
    ("{type: dense, compression: 2}", "backbone.compression must be above 0 and at most 1"),
    ("{type: cspDarknet, firstKernel: 2}", "backbone.firstKernel must be odd, got 2"),
    (
      "{type: vgg16, attention: {type: eca, inBlocks: true}}",
      "line 4: backbone.attention.inBlocks needs residual blocks"
    ),
  ])
  func mistakesAreNamedWithPlaceAndRemedy(_ yaml: String, _ message: String) {
    do {
      _ = try settings(yaml)
      Issue.record("no error for \(yaml)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
      #expect(!"\(error)".contains("\n"))
    }
  }

  @Test func aLevelThatTheBackboneDoesNotGiveIsNamed() {
    do {
      _ = try settings("{type: resnet18}", strides: "[2, 4, 8, 16, 32]")
      Issue.record("no error")
    } catch {
      let expected =
        "model.yaml, line 1: strides must begin at one of the backbone's strides [4, 8, 16, 32]"
      #expect("\(error)".contains(expected), "\(error)")
    }
  }
}
