import Datasets
import Images

extension ResolvedSettings {
  /// A setting, whether this run reads it, and why not.
  typealias Reader = (name: String, isRead: Bool, reason: String)

  /// A line for each setting that was given and that changes nothing here.
  func idle(_ readers: [Reader]) -> [String] {
    readers.filter { !$0.isRead && isGiven($0.name) }.map {
      "\($0.name) has no effect: \($0.reason)"
    }
  }

  /// Of the settings that say which pictures a network gets, and how they are varied.
  package var idleInput: [String] { idle(sampling + normalization + sizes + variation) }

  private var sampling: [Reader] {
    let users: [(name: String, samplers: [SamplerKind])] = [
      ("balanceThreshold", [.balanced]), ("classRatio", [.oversampled, .undersampled]),
      ("sampleWeights", [.weighted]),
    ]
    let sampler = values.sampling.sampler
    return users.map { name, samplers in
      let words = samplers.map(\.rawValue).joined(separator: " or ")
      return (name, samplers.contains(sampler), "sampler is \(sampler.rawValue), not \(words)")
    }
  }

  private var normalization: [Reader] {
    let kind = values.normalization
    let reason = "normalization is \(kind.rawValue)"
    return [
      ("percentiles", kind == .percentile, reason),
      ("normalizationPictures", kind == .percentile || kind == .standard, reason),
    ]
  }

  private var sizes: [Reader] { [("earlyShare", values.earlyScale < 1, "earlyScale is 1")] }

  private var variation: [Reader] {
    let augmentation = values.augmentation
    let occluding = augmentation.occluding
    let parts: [(whole: String, isOn: Bool, names: [String])] = [
      ("mosaic", augmentation.mosaic > 0, ["mosaicTiles", "mosaicWindow"]),
      ("mixUp", augmentation.mixUp.probability > 0, ["mixUpAlpha"]),
      (
        "paste", augmentation.pasting.probability > 0,
        ["pasteFrom", "pasteCopies", "pasteSize", "pasteScale", "pasteOverlap", "pasteFeather"]
      ),
      ("crop", augmentation.cropping.probability > 0, ["cropMinimum"]),
      ("jpeg", augmentation.degrading.jpeg > 0, ["jpegQuality"]),
      ("cutout", occluding.cutout > 0, ["cutouts", "cutoutSize"]),
      ("hide", occluding.hide > 0, ["hideShare"]),
      ("gridMask", occluding.gridMask > 0, ["gridMaskPeriod", "gridMaskRatio"]),
      ("randAugment", augmentation.randAugment.count > 0, ["randAugmentMagnitude"]),
    ]
    return parts.flatMap { whole, isOn, names in
      names.map { ($0, isOn, "\(whole) is 0") }
    }
  }

  /// On the command line or by a program, or with another value than the default in a recipe, which
  /// may be a run's settings.yaml and name every setting.
  private func isGiven(_ name: String) -> Bool {
    switch source(of: name) {
    case .standard, .following: false
    case .recipe: Setting.named(name).map { $0.read(values) != $0.defaultText } ?? false
    case .commandLine, .program, .measured: true
    }
  }
}
