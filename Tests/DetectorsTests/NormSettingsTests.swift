import Detectors
import Networks
import Testing

@Suite struct NormSettingsTests {
  private static let types = ["batch", "frozenBatch", "batchRenorm", "group", "layer", "instance"]

  private func settings(_ yaml: String) throws -> ModelSettings {
    try ModelSettings(yaml: yaml, file: "model.yaml")
  }

  @Test(arguments: types) func everyPartTakesEveryNorm(type: String) throws {
    for preset in ["nano", "tiny-retina"] {
      let norm = "norm: {type: \(type)}"
      let settings = try settings(
        "preset: \(preset)\nbackbone: {\(norm)}\nneck: {\(norm)}\nhead: {\(norm)}")
      #expect(try self.settings(settings.yaml) == settings)
      let labels = try settings.graph(classCount: 3).nodes.map(\.operation.rules.label)
        .filter { $0.contains("norm") }
      let expected = [
        "batch": "batch-norm", "frozenBatch": "frozen-batch-norm", "batchRenorm": "batch-renorm",
      ]
      #expect(Set(labels) == [expected[type] ?? "group-norm"] && labels.count > 10)
    }
  }

  @Test func groupsAreCountedOrSized() throws {
    for (yaml, grouping) in [
      ("{type: group}", GroupNorm.Grouping.channels(16)),
      ("{type: group, groups: 32}", .groups(32)),
      ("{type: group, channels: 8}", .channels(8)),
    ] {
      let settings = try settings("head: {norm: \(yaml)}")
      guard case .point(let head) = settings.head, case .group(let norm) = head.norm.layer else {
        Issue.record("another head or norm")
        return
      }
      #expect(norm.grouping == grouping)
    }
  }

  /// 48 channels: gcd(48, 32) groups; 40: gcd(40, 16) channels a group.
  @Test func groupsDivideTheChannels() {
    #expect(GroupNorm(.groups(32)).groups(channels: 48) == 16)
    #expect(GroupNorm(.channels(16)).groups(channels: 40) == 5)
    #expect(GroupNorm(.channels(16)).groups(channels: 1) == 1)
  }

  /// Behind a mean over height and width; at a size that leaves one cell.
  @Test(arguments: [
    (
      "backbone:\n  norm: {type: instance}\n  attention: {type: selectiveKernel, after: [16]}",
      "model.yaml, line 2: backbone.norm leaves backbone.stage3.sk.fuse.norm one value in a group"
    ),
    (
      "neck:\n  norm: {type: group, channels: 1}\n  attention: {type: selectiveKernel, after: [16]}",
      "model.yaml, line 2: neck.norm leaves neck.p4.sk.fuse.norm one value in a group"
    ),
    (
      "context: {type: aspp, channels: 64}\nbackbone: {norm: {type: instance}}",
      "model.yaml, line 2: backbone.norm leaves context.aspp.mean.norm one value in a group"
    ),
  ])
  func oneValueIsNothingToNormalise(_ yaml: String, _ message: String) {
    let error = #expect(throws: SettingsError.self) { try settings(yaml) }
    #expect("\(error!)".contains(message), "\(error!)")
    for type in ["group", "layer", "batch"] {
      let other = yaml.replacing("instance", with: type).replacing(
        "channels: 1", with: "channels: 2")
      #expect(throws: Never.self) { try settings(other) }
    }
  }

  @Test func sizesOfOneCellAreNamed() throws {
    func check(_ type: String, _ size: Extent) throws {
      let settings = try settings("backbone: {norm: {type: \(type)}}")
      try settings.checkNorms(of: settings.graph(classCount: 1), size: size)
    }
    try check("instance", Extent(height: 32, width: 64))
    let error = #expect(throws: SettingsError.self) { try check("instance", 32) }
    #expect(
      "\(error!)".hasPrefix("size 32×32 leaves backbone.stage4.down.norm one value in a group"))
    try check("layer", 32)
  }

  @Test(arguments: [
    ("{type: grup}", "neck.norm.type knows no \"grup\"; did you mean group?"),
    ("{type: group, momentum: 0.1}", "unknown key neck.norm.momentum"),
    ("{epsilon: 0}", "neck.norm.epsilon must be positive, got 0"),
    (
      "{type: group, groups: 0, channels: 0}",
      "neck.norm.channels must be positive where groups is 0"
    ),
    (
      "{type: group, groups: 8, channels: 16}",
      "line 2: neck.norm.channels has no effect with groups: 8; remove it"
    ),
    ("{type: GroupNorm}", "neck.norm.type knows no \"GroupNorm\"; did you mean group?"),
    ("bn", "line 2: neck.norm must hold keys: write {type: batch}; types: batch, frozenBatch"),
    ("{type: batchRenorm, scale: 0.5}", "neck.norm.scale must be at least 1, which"),
  ])
  func mistakesAreNamedWithTheRemedy(_ yaml: String, _ message: String) {
    do {
      _ = try settings("neck:\n  norm: \(yaml)\n")
      Issue.record("no error for \(yaml)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }
}
