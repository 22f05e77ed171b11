import Detectors
import Foundation
import Networks
import Spelling
import Training

/// One of the networks that `--compare` names: a model or weights, an input size after `@`, or a
/// size alone for the network that --model or --weights name.
struct ComparedNetwork {
  /// As it was written.
  let name: String
  /// Model or weights; nil: those of the other options.
  private let source: String?
  /// Nil: as trained, or what --size says.
  private let size: Extent?

  init(_ text: String) {
    name = text
    if let size = Extent(argument: text) {
      source = nil
      self.size = size
      return
    }
    let place = text.lastIndex(of: "@")
    let size = place.flatMap { Extent(argument: String(text[text.index(after: $0)...])) }
    self.size = size
    source = size == nil ? text : String(text[..<place!])
  }

  var isSizeAlone: Bool { source == nil }

  /// - Throws: ``CommandError/wrongUsage(reason:)`` for what is neither a model nor weights.
  func detector(_ options: NetworkOptions, classCount: Int) throws -> DetectorChoice {
    guard let source else {
      var options = options
      options.size = size
      return try DetectorChoice(options, classCount: classCount)
    }
    let size = size ?? options.size
    if Preset(rawValue: source) != nil || source.hasSuffix(".yaml") || source.hasSuffix(".yml") {
      return try DetectorChoice(
        settings: ModelSettings(named: source), classCount: classCount,
        size: size ?? TrainingSettings().size)
    }
    guard WeightsChoice.isShipped(source) || FileManager.default.fileExists(atPath: source) else {
      let valid =
        Preset.allCases.map(\.rawValue) + WeightsChoice.Shipped.allCases.map(\.rawValue)
      let hint = nearestName(to: source, in: valid).map { "; did you mean '\($0)'?" } ?? ";"
      throw CommandError.wrongUsage(
        reason: "--compare: '\(source)' is neither a model nor weights\(hint) valid: "
          + "\(valid.joined(separator: ", ")), a model's YAML file, a weights file, a run folder or "
          + "a size")
    }
    return try DetectorChoice(weights: source, size: size)
  }
}
