import Datasets
import Detectors
import Execution
import Foundation
import Spelling
import Yams

/// Settings together with where each value came from. Default < recipe < command line.
public struct ResolvedSettings: Codable, Hashable, Sendable {
  public enum Source: Codable, Hashable, Sendable, CustomStringConvertible {
    case standard
    /// A default that another setting decides.
    case following(setting: String)
    case recipe(file: String, line: Int)
    case commandLine
    /// Given by a program that trains.
    case program
    /// Found out by the run itself.
    case measured(how: String)

    public var description: String {
      switch self {
      case .standard: "default"
      case .following(let setting): "default for this \(setting)"
      case .recipe(let file, let line): "\(file), line \(line)"
      case .commandLine: "command line"
      case .program: "program"
      case .measured(let how): how
      }
    }
  }

  public internal(set) var values = TrainingSettings()
  private var sources: [String: Source] = [:]

  /// The defaults.
  public init() {}

  public func source(of name: String) -> Source { sources[name] ?? .standard }

  /// - Parameters:
  ///   - recipe: a YAML file of settings.
  ///   - options: by the setting's name, as given on the command line.
  /// - Throws: ``TrainingError`` for an unknown name or a value out of range.
  public init(recipe: String?, options: [(name: String, value: String)]) throws {
    if let recipe { try apply(recipe: recipe) }
    for (name, value) in options {
      guard let setting = Setting.named(name) else {
        preconditionFailure("the command line offers --\(name), which is no setting")
      }
      try apply(
        setting, value, from: .commandLine, place: "option --\(setting.optionName)")
    }
    try settle()
  }

  /// What a program asks for: what differs from its default counts as given, and the rest follows
  /// others where the command's does, as learning rate and decay do the optimizer.
  ///
  /// - Throws: ``TrainingError`` for a value out of range, or values that do not go together.
  public init(_ given: TrainingSettings) throws {
    for setting in Setting.all where setting.read(given) != setting.defaultText {
      try apply(setting, setting.read(given), from: .program, place: "settings")
    }
    values = given
    try settle()
  }

  private mutating func settle() throws {
    followOptimizer()
    followSchedule()
    try checkLength()
    try checkMemory()
    try checkCache()
    try values.augmentation.validate()
  }

  /// Whether the number of epochs is to be found out from ``TrainingSettings/minutes``.
  package var isTimed: Bool {
    values.minutes > 0 && rank(source(of: "minutes")) > rank(source(of: "epochs"))
  }

  /// Warm-up and the end without mosaic, pasting and mixing take at most a third of a short run each, unless they were
  /// given.
  package mutating func shortenForEpochs() {
    let third = values.epochs / 3
    if source(of: "warmupEpochs") == .standard, values.warmupEpochs > Double(third) {
      values.warmupEpochs = Double(third)
      sources["warmupEpochs"] = .following(setting: "epochs")
    }
    if source(of: "closeMosaic") == .standard, values.closeMosaic > third {
      values.closeMosaic = third
      sources["closeMosaic"] = .following(setting: "epochs")
    }
  }

  private func checkLength() throws {
    let (minutes, epochs) = (source(of: "minutes"), source(of: "epochs"))
    guard values.minutes > 0, epochs != .standard, rank(minutes) == rank(epochs) else { return }
    throw TrainingError.invalidSetting(
      name: "minutes", value: values.minutes.setting, place: place(of: "minutes"),
      expected: "either minutes or epochs, not both")
  }

  private func checkMemory() throws {
    guard let memory = values.memory, let batch = values.batch else { return }
    throw TrainingError.invalidSetting(
      name: "memory", value: memory.setting, place: place(of: "memory"),
      expected: "auto, since batch is \(batch): only batch auto goes by the memory")
  }

  private func checkCache() throws {
    guard !values.cacheFolder.isEmpty, values.cache.bytes == 0 else { return }
    throw TrainingError.invalidSetting(
      name: "cacheFolder", value: values.cacheFolder, place: place(of: "cacheFolder"),
      expected: "none, since cache is 0, or a cache above 0 beside it")
  }

  /// Where to look for it: its option, or the recipe's line.
  package func place(of name: String) -> String {
    guard case .commandLine = source(of: name), let setting = Setting.named(name) else {
      return source(of: name).description
    }
    return "option --\(setting.optionName)"
  }

  /// An error about a setting that somebody gave, with the place where that was.
  func located(_ error: any Error) -> any Error {
    guard let problem = error as? SettingsError, case .contradiction(let name, _) = problem,
      Setting.named(name) != nil
    else { return error }
    return switch source(of: name) {
    case .recipe, .commandLine:
      TrainingError.impossibleSetting(place: place(of: name), problem: problem)
    default: error
    }
  }

  private func rank(_ source: Source) -> Int {
    switch source {
    case .standard, .following: 0
    case .recipe: 1
    case .commandLine, .program, .measured: 2
    }
  }

  /// Makes the paths of data and cache such that a resume finds them from any folder; a bare word is a
  /// built-in set.
  package mutating func anchorData() {
    if FileManager.default.fileExists(atPath: values.sampling.sampleWeights) {
      values.sampling.sampleWeights =
        URL(fileURLWithPath: values.sampling.sampleWeights).standardizedFileURL.path
    }
    if !values.cacheFolder.isEmpty {
      values.cacheFolder = URL(fileURLWithPath: values.cacheFolder).standardizedFileURL.path
    }
    guard values.data != TrainingSettings.builtInData,
      FileManager.default.fileExists(atPath: values.data)
    else { return }
    values.data = URL(fileURLWithPath: values.data).standardizedFileURL.path
  }

  /// As many threads as processors, where their number was left open: it is part of the result.
  package mutating func fixThreads() {
    guard values.threads == 0 else { return }
    set(
      "threads", to: String(ProcessInfo.processInfo.activeProcessorCount),
      how: "processors of this machine")
  }

  /// What `auto` means on this processor: it is part of the result.
  ///
  /// - Throws: ``ExecutionError/unsupportedPrecision(_:reason:)`` for one it does not have.
  package mutating func fixPrecision() throws {
    let resolved = try values.precision.resolved()
    guard values.precision == .auto else { return }
    set(
      "precision", to: resolved.rawValue,
      how: resolved == .bf16 ? "this processor has AVX-512 BF16" : "no AVX-512 BF16 here")
  }

  /// Options of a resumed run, which may only be such as do not change the result.
  package mutating func override(_ options: [(name: String, value: String)]) throws {
    for (name, value) in options {
      guard let setting = Setting.named(name) else { continue }
      try apply(setting, value, from: .commandLine, place: "option --\(setting.optionName)")
    }
    try checkCache()
  }

  /// Replaces a value by what the run found out.
  package mutating func set(_ name: String, to value: String, how: String) {
    guard let setting = Setting.named(name), setting.write(&values, value) else {
      preconditionFailure("\(value) is no value of setting \(name)")
    }
    sources[name] = .measured(how: how)
  }

  private mutating func apply(
    _ setting: Setting, _ value: String, from source: Source, place: String
  ) throws {
    guard setting.write(&values, value) else {
      throw TrainingError.invalidSetting(
        name: setting.name, value: value, place: place,
        expected: setting.problem(value) ?? setting.range)
    }
    sources[setting.name] = source
  }

  /// Rates that suit AdamW do not suit SGD.
  private mutating func followOptimizer() {
    for (name, value) in values.optimizer.standards { follow(name, value, "optimizer") }
  }

  /// OneCycle has a rise of its own.
  private mutating func followSchedule() {
    if values.schedule == .onecycle { follow("warmupEpochs", "0", "schedule") }
  }

  private mutating func follow(_ name: String, _ value: String, _ decider: String) {
    guard sources[name] == nil else { return }
    _ = Setting.named(name)?.write(&values, value)
    sources[name] = .following(setting: decider)
  }

  /// Every setting with its value and its source: a recipe that repeats the run.
  public var yaml: String {
    let lines = Setting.all.map { "\($0.name): \(quoted($0.read(values)))" }
    let width = lines.map(\.count).max() ?? 0
    return zip(Setting.all, lines).map { setting, line in
      line + String(repeating: " ", count: width - line.count) + "  # \(source(of: setting.name))\n"
    }.joined()
  }

  /// Quotes what would not read back as the same word.
  private func quoted(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "._/-+".contains($0) }
    if plain && !word.isEmpty { return word }
    return "\"" + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

extension ResolvedSettings {
  private mutating func apply(recipe file: String) throws {
    guard let data = FileManager.default.contents(atPath: file),
      let text = String(data: data, encoding: .utf8)
    else { throw TrainingError.recipeNotFound(file: file) }
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch let error as YamlError {
      throw malformed(error, file: file)
    }
    guard let root else { return }
    guard let mapping = root.mapping else {
      throw TrainingError.malformedRecipe(
        file: file, line: 1, problem: "expected 'setting: value' lines, such as 'epochs: 100'")
    }
    for (key, value) in mapping {
      try apply(key: key.string ?? "", value, line: key.mark?.line ?? 1, of: file)
    }
  }

  private mutating func apply(key: String, _ value: Node, line: Int, of file: String) throws {
    guard let setting = Setting.named(key) else {
      throw TrainingError.unknownSetting(
        key: key, file: file, line: line,
        suggestion: Setting.renamed[key] ?? nearestName(to: key, in: Setting.all.map(\.name)))
    }
    let place = "\(file), line \(line)"
    guard let word = value.scalar?.string ?? setting.word(value) else {
      throw TrainingError.invalidSetting(
        name: key, value: value.mapping == nil ? "a list" : "a map", place: place,
        expected: setting.range)
    }
    try apply(setting, word, from: .recipe(file: file, line: line), place: place)
  }

  private func malformed(_ error: YamlError, file: String) -> TrainingError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return .malformedRecipe(file: file, line: mark.line, problem: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return .malformedRecipe(
        file: file, line: context.mark.line,
        problem: "setting '\(duplicates.first ?? "")' stands here twice")
    default:
      return .malformedRecipe(file: file, line: 1, problem: "this is not YAML")
    }
  }
}
