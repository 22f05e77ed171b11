import Detectors
import Networks
import Testing

@Suite struct AttentionSettingsTests {
  private func settings(_ yaml: String) throws -> ModelSettings {
    try ModelSettings(yaml: yaml, file: "model.yaml")
  }

  /// Names of the parts of parameters between `prefix` and what belongs to attention blocks.
  private func places(_ yaml: String, _ block: String) throws -> Set<String> {
    let graph = try settings(yaml).graph(classCount: 3)
    #expect(graph.deadEnds.isEmpty)
    let parts = graph.parameters.compactMap { parameter -> String? in
      guard let range = parameter.name.firstRange(of: ".\(block).") else { return nil }
      return String(parameter.name[..<range.lowerBound])
    }
    return Set(parts)
  }

  @Test(arguments: [
    ("squeezeExcitation", "se"), ("selectiveKernel", "sk"), ("cbam", "cbam"), ("eca", "eca"),
    ("selfAttention", "attention"),
  ])
  func everyBlockFollowsStagesOfEveryBackboneAndNeck(type: String, name: String) throws {
    for preset in ["nano", "tiny-retina"] {
      let places = try places(
        """
        preset: \(preset)
        backbone: {attention: {type: \(type), after: [16, 32]}}
        neck: {attention: {type: \(type), after: [8]}}
        """, name)
      #expect(places == ["backbone.stage3", "backbone.stage4", "neck.p3"])
    }
  }

  @Test func blocksHoldThem() throws {
    let residual = "preset: tiny-retina\nbackbone: {attention: {type: cbam, inBlocks: true}}"
    #expect(
      try places(residual, "cbam")
        == ["backbone.stage1.0", "backbone.stage2.0", "backbone.stage3.0", "backbone.stage4.0"])
    let crossStage = """
      backbone: {depths: [1, 1, 1, 1], attention: {type: eca, after: [], inBlocks: true}}
      neck: {attention: {type: eca, inBlocks: true}}
      """
    let expected =
      (1...4).map { "backbone.stage\($0).csp.0" }
      + ["down1", "down0", "up1", "up2"].map { "neck.\($0).0" }
    #expect(try places(crossStage, "eca") == Set(expected))
  }

  /// The convolution's own name stays, its branches stand below.
  @Test func selectiveKernelsReplaceTheBlocksSecondConvolution() throws {
    let yaml = """
      preset: tiny-retina
      backbone: {attention: {type: selectiveKernel, branches: 3, inBlocks: true}}
      """
    let names = try settings(yaml).graph(classCount: 3).parameters.map(\.name)
    #expect(names.contains("backbone.stage2.0.conv2.branch3.conv.weight"))
    #expect(!names.contains("backbone.stage2.0.conv2.conv.weight"))
  }

  @Test func yamlHoldsEveryBlock() throws {
    for type in ["none", "squeezeExcitation", "selectiveKernel", "cbam", "eca", "selfAttention"] {
      let place = type == "none" ? "" : ", after: [32], inBlocks: true"
      let given = try settings("backbone: {attention: {type: \(type)\(place)}}")
      #expect(try settings(given.yaml) == given)
    }
  }

  @Test func presetsBlockTakesOtherNumbers() throws {
    let given = try settings("backbone: {attention: {reduction: 8}}")
    guard case .crossStage(let backbone) = given.backbone else {
      Issue.record("another backbone")
      return
    }
    let expected = AttentionSettings(
      .squeezeExcitation(SqueezeExcitation(reduction: 8)), after: [16, 32])
    #expect(backbone.attention == expected)
  }

  @Test(arguments: [
    ("{type: cbm, after: [8]}", "backbone.attention.type knows no \"cbm\"; did you mean cbam?"),
    ("{type: cbam, kernl: 3, after: [8]}", "backbone.attention.kernl; did you mean kernel?"),
    ("{type: cbam, after: [9]}", "backbone.attention.after names stride 9; there are [4, 8, 16"),
    ("{type: cbam}", "backbone.attention has no place; name strides in after"),
    ("{type: none, after: [8]}", "backbone.attention has a place but no block"),
    ("{type: cbam, kernel: 4, after: [8]}", "backbone.attention.kernel must be odd"),
    ("{type: selectiveKernel, groups: 5, after: [8]}", "backbone.attention.groups must divide"),
    ("{type: selfAttention, heads: 0, after: [8]}", "must be positive, got 0"),
    ("{type: cbam, after: [16, 16]}", "line 2: backbone.attention.after names stride 16 twice"),
    (
      "{type: selfAttention, heads: 1000, after: [32]}",
      "line 2: backbone.attention.heads must divide the channels inside; 1000 and 128 of 256 are met; "
        + "128 would do"
    ),
    // 128 / 2 and 256 / 2.
    (
      "{type: selfAttention, heads: 12, after: [16, 32]}",
      "heads must divide the channels inside; 12 and 64 of 128 are met; 8 would do"
    ),
    (
      "{type: selfAttention, reduction: 300, after: [32]}",
      "backbone.attention.reduction leaves none of 256 channels"
    ),
  ])
  func mistakesAreNamedWithTheRemedy(_ yaml: String, _ message: String) {
    do {
      _ = try settings("backbone:\n  attention: \(yaml)\n")
      Issue.record("no error for \(yaml)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
      #expect(!"\(error)".contains("\n"))
    }
  }

  @Test func pyramidsHaveNoBlocks() {
    #expect(throws: SettingsError.self) {
      try settings("preset: tiny-retina\nneck: {attention: {type: eca, inBlocks: true}}")
    }
  }
}

/// Weights files of earlier versions.
@Suite struct FormerKeysTests {
  @Test(arguments: [
    ("{squeezed: [16, 32], squeezeReduction: 4}", "{}"),
    (
      "{squeezed: [32], squeezeReduction: 8, stem: 32}",
      "{attention: {after: [32], reduction: 8}, stem: 32}"
    ),
    ("{squeezed: [], squeezeReduction: 4}", "{attention: {type: none, after: []}}"),
  ])
  func squeezedStagesAreAttention(former: String, present: String) throws {
    let old = underPresentKeys("preset: nano\nbackbone: \(former)\n")
    let new = "preset: nano\nbackbone: \(present)\n"
    #expect(
      try ModelSettings(yaml: old, file: "a") == (try ModelSettings(yaml: new, file: "b")))
  }

  @Test(arguments: ["name: a", "3", "backbone: {squeezd: [8]}", "a: [1"])
  func whatElseThereIsStays(_ yaml: String) {
    #expect(underPresentKeys(yaml) == yaml)
  }
}
