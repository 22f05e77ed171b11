import Foundation
import Networks
import TestSupport
import Testing
import Training

@Suite struct ParameterGroupTests {
  private let parameters = [
    TensorSpecification(
      name: "backbone.stage1.conv.weight", shape: [4], initializer: .constant(1), decays: true),
    TensorSpecification(name: "backbone.stage1.norm.bias", shape: [4], initializer: .constant(0)),
    TensorSpecification(
      name: "head.predict.weight", shape: [4], initializer: .constant(1), decays: true),
  ]

  private func settings(_ groups: String, optimizer: OptimizerKind = .adamw) throws
    -> TrainingSettings
  {
    try ResolvedSettings(
      recipe: nil,
      options: [("groups", groups), ("weightDecay", "0.1"), ("optimizer", optimizer.rawValue)]
    ).values
  }

  private func treatments(_ groups: String, optimizer: OptimizerKind = .adamw) throws
    -> [ParameterTreatment]
  {
    try settings(groups, optimizer: optimizer).treatments(parameters)
  }

  @Test(
    arguments: [
      ("*", true), ("backbone.*", true), ("*.weight", true), ("*stage1*conv*", true),
      ("backbone.stage?.conv.weight", true), ("backbone.stage1.conv.weight", true),
      ("**weight", true), ("backbone", false), ("head.*", false), ("*.weigh", false),
      ("backbone.stage??.conv.weight", false), ("", false),
    ])
  func starsAndQuestionMarksMatch(_ pattern: String, _ expected: Bool) {
    #expect(ParameterGroup(pattern).matches("backbone.stage1.conv.weight") == expected)
  }

  @Test func eachGroupSaysWhatItSaysAndTheLastHasTheWord() throws {
    let result = try treatments(
      "*: rateFactor=0.5; backbone.*: freeze; *.norm.*: freeze=false, weightDecay=0.3; "
        + "head.*: l1Decay=0.01, decayKind=l2")
    #expect(result.map(\.isFrozen) == [true, false, false])
    #expect(result.map(\.rateFactor) == [0.5, 0.5, 0.5])
    #expect(result.map(\.decay) == [0.1, 0.3, 0])
    #expect(result.map(\.l2) == [0, 0, 0.1])
    #expect(result.map(\.l1) == [0, 0, 0.01])
  }

  @Test func decayIsAPartOfTheGradientWhereTheOptimizerHasItSo() throws {
    for kind in OptimizerKind.allCases {
      let weight = try treatments("", optimizer: kind)[0]
      let isDecoupled = kind == .adamw || kind == .lamb
      #expect(weight.decay == (isDecoupled ? 0.1 : 0) && weight.l2 == (isDecoupled ? 0 : 0.1))
      #expect(try treatments("", optimizer: kind)[1] == ParameterTreatment.plain(adapts: false))
    }
  }

  @Test func patternThatMatchesNothingNamesTheNearest() throws {
    #expect(
      throws: TrainingError.unmatchedPattern(pattern: "backbne.*", nearest: ["backbone.*"])
    ) { try treatments("backbne.*: freeze") }
    #expect(
      throws: TrainingError.unmatchedPattern(
        pattern: "encoder.*", nearest: ["backbone.*", "head.*"])
    ) { try treatments("encoder.*: freeze") }
    #expect(throws: TrainingError.everythingFrozen) { try treatments("*: freeze") }
  }

  @Test(
    arguments: [
      (
        "*.norm.*: weightDecay=0",
        ["*.norm.*: weightDecay 0.0 has no effect: its parameters are treated"]
      ),
      ("head.*: rateFactor=2; *.norm.*: weightDecay=0.1", []),
      ("*: rateFactor=1, l1Decay=0.1", ["*: rateFactor 1.0 has no effect"]),
      (
        "head.*: freeze, rateFactor=2",
        ["head.*: rateFactor 2.0 has no effect: its parameters are frozen"]
      ),
      ("head.*: rateFactor=2; *: rateFactor=3", ["head.*: rateFactor 2.0 has no effect"]),
      // Of two that say the same one is enough.
      ("head.*: rateFactor=2; head.p*: rateFactor=2", ["head.p*: rateFactor 2.0 has no effect"]),
      (
        "head.*: decayKind=decoupled; backbone.*: decayKind=l2", ["head.*: decayKind decoupled has"]
      ),
    ])
  func whatChangesNothingIsSaid(_ groups: String, _ expected: [String]) throws {
    let lines = try settings(groups).idleGroupEntries(parameters)
    #expect(lines.count == expected.count, "\(lines)")
    for (line, expected) in zip(lines, expected) {
      #expect(line.hasPrefix("group " + expected), "\(line)")
    }
  }

  private func resolved(recipe: String) throws -> ResolvedSettings {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("groups-\(UUID().uuidString).yaml").path
    try recipe.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try ResolvedSettings(recipe: path, options: [])
  }

  @Test func mapsListsAndWordsAreTheSame() throws {
    let word = "groups: \"backbone.*: freeze; head.*: rateFactor=0.1, weightDecay=0\"\n"
    let map =
      "groups:\n  \"backbone.*\": {freeze: true}\n  \"head.*\":\n    rateFactor: 0.1\n"
      + "    weightDecay: 0\n"
    let list =
      "groups:\n  - {match: \"backbone.*\", freeze: true}\n  - match: head.*\n    rateFactor: 0.1\n"
      + "    weightDecay: 0\n"
    let expected = try resolved(recipe: word)
    #expect(expected.values.groups.groups.map(\.pattern) == ["backbone.*", "head.*"])
    #expect(expected.values.groups.groups[1].rateFactor == 0.1)
    for text in [map, list, expected.yaml] {
      #expect(try resolved(recipe: text).values.groups == expected.values.groups)
    }
  }

  @Test(
    arguments: [
      ("backbone.*: freze", "did you mean freeze?"), ("backbone.*", "PATTERN: KEY=VALUE"),
      ("a: rateFactor=-1", "rateFactor to be 0 … 1000"), ("a: weightDecay", "weightDecay to be"),
      ("a: decayKind=l3", "decayKind to be auto, l2, decoupled"), ("a:", "PATTERN: KEY=VALUE"),
    ])
  func errorsSayWhatWouldBeRight(_ word: String, _ hint: String) {
    do {
      _ = try ResolvedSettings(recipe: nil, options: [("groups", word)])
      Issue.record("\(word) was taken")
    } catch { #expect("\(error)".contains(hint), "\(error)") }
  }
}

extension ParameterTreatment {
  fileprivate static func plain(adapts: Bool) -> ParameterTreatment {
    var result = ParameterTreatment()
    result.adapts = adapts
    return result
  }
}
