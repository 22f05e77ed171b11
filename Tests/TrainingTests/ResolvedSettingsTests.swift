import Foundation
import TestSupport
import Testing
import Training

@Suite struct ResolvedSettingsTests {
  private func withRecipe<Result>(_ text: String, _ body: (String) throws -> Result) throws
    -> Result
  {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("recipe-\(UUID().uuidString).yaml").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  private func error(_ recipe: String, _ options: [(name: String, value: String)] = []) throws
    -> TrainingError?
  {
    try withRecipe(recipe) { path in
      do {
        _ = try ResolvedSettings(recipe: path, options: options)
        return nil
      } catch let error as TrainingError {
        return error
      }
    }
  }

  @Test func commandLineBeatsRecipeBeatsDefault() throws {
    let recipe = "# a comment\nbatch: 8\nlearningRate: 0.02\nsize: 320x416\nmosaic: 0.25\n"
    let settings = try withRecipe(recipe) {
      try ResolvedSettings(recipe: $0, options: [("batch", "4")])
    }
    #expect(settings.values.batch == 4)
    #expect(settings.source(of: "batch") == .commandLine)
    #expect(settings.values.learningRate == 0.02)
    #expect(settings.values.augmentation.mosaic == 0.25)
    #expect(settings.values.size.height == 320 && settings.values.size.width == 416)
    guard case .recipe(_, line: 3) = settings.source(of: "learningRate") else {
      Issue.record("\(settings.source(of: "learningRate"))")
      return
    }
    #expect(settings.source(of: "epochs") == .standard)
  }

  @Test func unknownKeyNamesTheNearest() throws {
    let error = try error("epochs: 3\nlearningrate: 0.1\n")
    guard case .unknownSetting("learningrate", _, line: 2, suggestion: "learningRate") = error
    else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["batch: 0", "batch: many", "size: 100", "batch: [1, 2]", "optimizer: adamx"])
  func valueOutOfRangeIsAnError(recipe: String) throws {
    guard case .invalidSetting = try error(recipe) else {
      Issue.record("\(recipe) was taken")
      return
    }
  }

  @Test func cacheIsAnAmountWithAUnit() throws {
    for (word, bytes) in [
      ("500MB", 500 << 20), ("2GB", 2 << 30), ("0", 0), ("1.5gb", 1536 << 20), ("8KB", 8192),
    ] {
      let settings = try ResolvedSettings(recipe: nil, options: [("cache", word)])
      #expect(settings.values.cache.bytes == bytes)
      let again = try withRecipe(settings.yaml) { try ResolvedSettings(recipe: $0, options: []) }
      #expect(again.values.cache.bytes == bytes)
    }
    #expect(TrainingSettings().cache.bytes == 1 << 30)
    for word in ["512", "-1GB", "2TB", "GB", "1001GB", "nanGB"] {
      guard case .invalidSetting("cache", word, _, _) = try error("cache: \(word)\n") else {
        Issue.record("\(word) was taken")
        continue
      }
    }
    let old = try error("cacheMegabytes: 512\n")
    #expect(old?.description.contains("did you mean 'cache: 1GB'?") == true)
  }

  @Test func repeatedKeyAndBrokenYAMLHaveALine() throws {
    guard case .malformedRecipe = try error("batch: 1\nbatch: 2\n"),
      case .malformedRecipe = try error("batch: [1\n")
    else {
      Issue.record("a broken recipe was taken")
      return
    }
  }

  @Test func yamlReadsBackAsTheSameSettings() throws {
    let options = [
      (name: "optimizer", value: "sgd"), (name: "data", value: "a b: \"c\".yaml"),
      (name: "size", value: "96x64"), (name: "weightDecay", value: "0.0123"),
    ]
    let settings = try ResolvedSettings(recipe: nil, options: options)
    let again = try withRecipe(settings.yaml) { try ResolvedSettings(recipe: $0, options: []) }
    #expect(again.values == settings.values)
    #expect(settings.yaml.contains("# default for this optimizer"))
  }

  @Test func minutesAndEpochsOfEqualRankContradict() throws {
    guard case .invalidSetting = try error("epochs: 3\nminutes: 2\n") else {
      Issue.record("both were taken")
      return
    }
    let timed = try withRecipe("epochs: 3\n") {
      try ResolvedSettings(recipe: $0, options: [("minutes", "2")])
    }
    #expect(timed.isTimed)
  }

  @Test func memoryNeedsBatchAuto() throws {
    for recipe in ["memory: 500\n", "memory: 500\nbatch: 4\n"] {
      guard case .invalidSetting("memory", "500", let place, _) = try error(recipe) else {
        Issue.record("\(recipe) was taken")
        return
      }
      #expect(place.hasSuffix("line 1"))
    }
    // The command line has the last word, about either of them.
    let recipe = "memory: 500\nbatch: auto\n"
    guard case .invalidSetting("memory", "500", _, _) = try error(recipe, [("batch", "4")]) else {
      Issue.record("memory was ignored")
      return
    }
    #expect(try error(recipe, [("batch", "4"), ("memory", "auto")]) == nil)
    let settings = try withRecipe(recipe) { try ResolvedSettings(recipe: $0, options: []) }
    #expect(settings.values.batch == nil && settings.values.memory == 500)
    #expect(settings.yaml.contains("batch: auto "))
  }

  @Test func ratesFollowTheOptimizerUnlessGiven() throws {
    let sgd = try ResolvedSettings(recipe: nil, options: [("optimizer", "sgd")])
    #expect(sgd.values.learningRate == 0.01 && sgd.values.weightDecay == 0.0005)
    let given = try ResolvedSettings(
      recipe: nil, options: [("optimizer", "sgd"), ("learningRate", "0.3")])
    #expect(given.values.learningRate == 0.3)
  }

  @Test func optionNamesAreUniqueKebabCase() {
    let names = Setting.all.map(\.optionName)
    #expect(Set(names).count == names.count)
    #expect(names.contains("weight-decay"))
    #expect(names.allSatisfy { !$0.contains { $0.isUppercase } })
  }
}
