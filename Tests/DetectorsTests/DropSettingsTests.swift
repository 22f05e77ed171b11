import Detectors
import Networks
import Testing

@Suite struct DropSettingsTests {
  private func settings(_ yaml: String) throws -> ModelSettings {
    try ModelSettings(yaml: yaml, file: "model.yaml")
  }

  private func dropouts(_ yaml: String) throws -> [(name: String, dropout: Dropout)] {
    try settings(yaml).graph(classCount: 3).nodes.compactMap { node in
      if case .dropout(let dropout) = node.operation { (node.name, dropout) } else { nil }
    }
  }

  @Test(arguments: ["dropout", "channelDropout", "gaussianDropout", "dropBlock"])
  func placesDrop(type: String) throws {
    for preset in ["nano", "tiny-retina"] {
      let yaml = """
        preset: \(preset)
        backbone: {drop: {type: \(type), rate: 0.2, after: [16]}}
        neck: {drop: {type: \(type), after: [32]}}
        head: {drop: {type: \(type)}}
        """
      let found = try dropouts(yaml)
      #expect(found.first?.name == "backbone.stage3.drop" && found[0].dropout.rate == 0.2)
      #expect(found.contains { $0.name == "neck.p5.drop" })
      #expect(found.contains { $0.name == "head.p4.class.drop" })
      #expect(try settings(settings(yaml).yaml) == settings(yaml))
    }
  }

  /// nano's stages have 1, 2, 2 and 1 bottlenecks: 1/6, 3/6, 5/6 and 6/6 of the rate.
  @Test func pathsDropMoreTheDeeperTheyAre() throws {
    let rates = try dropouts("backbone: {drop: {type: dropPath, rate: 0.3}}").map(\.dropout.rate)
    let expected: [Float] = [0.05, 0.15, 0.15, 0.25, 0.25, 0.3]
    #expect(rates.count == 6 && zip(rates, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test(arguments: [
    (
      "backbone: {drop: {type: dropblok}}", "backbone.drop.type knows no \"dropblok\"; did you mean"
    ),
    ("backbone: {drop: {type: dropBlock}}", "backbone.drop has no place; name strides in after"),
    ("backbone: {drop: {after: [8]}}", "backbone.drop has a place but no type"),
    ("backbone: {drop: {type: dropout, side: 3}}", "unknown key backbone.drop.side"),
    ("backbone: {drop: {type: dropout, after: [3]}}", "backbone.drop.after names stride 3"),
    ("head: {drop: {type: dropout, rate: 1}}", "head.drop.rate must be 0 or more and below 1"),
    ("head: {drop: {type: dropout, after: [8]}}", "head.drop.after has no effect"),
    ("head: {drop: {type: dropPath}}", "head.drop.type dropPath needs residual blocks"),
    ("preset: tiny-retina\nneck: {drop: {type: dropPath}}", "featurePyramid has none of"),
  ])
  func mistakesAreNamedWithTheRemedy(_ yaml: String, _ message: String) {
    do {
      _ = try settings(yaml)
      Issue.record("no error for \(yaml)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
      #expect(!"\(error)".contains("\n"))
    }
  }
}
