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
