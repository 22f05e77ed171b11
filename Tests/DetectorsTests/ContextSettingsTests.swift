import Detectors
import Networks
import Testing

@Suite struct ContextSettingsTests {
  @Test(arguments: [
    ("spp", "context.spp.join.conv.weight"), ("sppf", "context.sppf.join.conv.weight"),
    ("aspp", "context.aspp.mean.conv.weight"), ("rfb", "context.rfb.branch2.conv2.conv.weight"),
    ("dilated", "context.dilated.5.conv2.conv.weight"),
  ])
  func everyBlockFollowsAnyBackbone(type: String, parameter: String) throws {
    for backbone in ["resnet18", "mobilenetV3Small", "crossStage"] {
      let settings = try ModelSettings(
        yaml: "backbone: {type: \(backbone)}\ncontext: {type: \(type)}", file: "model.yaml")
      let graph = try settings.graph(classCount: 2)
      #expect(graph.deadEnds.isEmpty)
      #expect(graph.parameters.contains { $0.name == parameter })
      let shapes = graph.shapes(inputs: [Shape(channels: 3, height: 64, width: 64)])
      #expect(graph.outputs.map { shapes[$0].height } == [8, 8, 4, 4, 2, 2])
      #expect(try ModelSettings(yaml: settings.yaml, file: "again") == settings)
    }
  }

  @Test(arguments: [
    ("{type: asp}", "context.type knows no \"asp\"; did you mean aspp?"),
    ("{type: spp, kernels: [5, 8]}", "line 1: context.kernels must be odd, got 8; 9 would do"),
    (
      "{type: aspp, dilations: [100000000000]}",
      "line 1: context.dilations must be at most 1024, got 100000000000"
    ),
    ("{type: spp, kernels: []}", "line 1: context.kernels must have one entry or more"),
    ("{type: aspp, dilations: [6, 0]}", "line 1: context.dilations must be positive, got 0"),
    ("{type: rfb, channels: 8}", "line 1: unknown key context.channels; "),
  ])
  func mistakesAreNamedWithPlaceAndRemedy(_ yaml: String, _ message: String) {
    do {
      _ = try ModelSettings(yaml: "context: \(yaml)", file: "model.yaml")
      Issue.record("no error for \(yaml)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }
}
