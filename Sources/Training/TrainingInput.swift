import Datasets
import Detectors
import Images

/// What a run's network takes of its pictures: as many channels as the model says, normalised as
/// the settings say, measured on the training split.
package struct TrainingInput {
  package let format: InputFormat
  /// Of a decoded picture's pixel, all channels.
  package let pixelBytes: Int
  package let notes: [String]
  package let warnings: [String]

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` where the first picture does not fit the
  ///   model or the normalisation, or ``DatasetError/noUsablePicture(first:)``.
  package init(_ settings: TrainingSettings, _ model: ModelSettings, _ dataset: Dataset) throws {
    let channels = model.inputChannels
    let first = Self.firstReadable(dataset)
    if let first { try Self.check(first.info, first.path, channels, settings.normalization) }
    var request = MeasuredNormalization.Request(settings.normalization)
    (request.low, request.high) = (settings.percentiles.low, settings.percentiles.high)
    (request.channels, request.seed) = (channels, settings.seed)
    request.limit = settings.normalizationPictures
    let measured = try MeasuredNormalization(request, dataset)
    format = InputFormat(channels: channels, normalization: measured.normalization)
    let bits = first?.info.bits ?? 8
    // Composing makes copies of three channels each of what is no photograph.
    let copied = [1, 3].contains(channels) && bits <= 16 ? 0 : (channels + 2) / 3 * 3
    pixelBytes = (channels + copied) * bits / 8
    notes = measured.notes
    warnings = measured.warnings + Self.idle(settings, channels, first?.info)
  }

  private static func firstReadable(_ dataset: Dataset) -> (info: PictureInfo, path: String)? {
    for sample in dataset.samples {
      if let info = try? Picture.probe(path: sample.path) { return (info, sample.path) }
    }
    return nil
  }

  /// Whether a trained network can take a data set's pictures, told by the first that can be read.
  ///
  /// - Throws: ``ImageError/otherChannels(source:has:wanted:)`` or
  ///   ``ImageError/otherDepth(source:has:wanted:)``.
  package static func check(_ dataset: Dataset, for input: InputFormat) throws {
    guard let first = firstReadable(dataset) else { return }
    try input.check(channels: first.info.channels, bits: first.info.bits, source: first.path)
  }

  private static func check(
    _ info: PictureInfo, _ path: String, _ channels: Int, _ normalization: Normalization.Kind
  ) throws {
    let isTakenAsRGB = channels == 3 && [1, 4].contains(info.channels)
    guard info.channels == channels || isTakenAsRGB else {
      throw SettingsError.contradiction(
        key: "inputChannels",
        reason: "is \(channels) in this model, but \(path), the first picture, has "
          + "\(info.channels) channels; write inputChannels: \(info.channels) into the model's YAML file"
      )
    }
    guard info.bits <= 16 || normalization != .linear else {
      throw SettingsError.contradiction(
        key: "normalization",
        reason: "is linear, for 8 and 16 bits, but \(path), the first picture, has 32-bit floats; "
          + "give percentile or standard")
    }
  }

  /// Settings that change nothing here.
  private static func idle(_ settings: TrainingSettings, _ channels: Int, _ info: PictureInfo?)
    -> [String]
  {
    let augmentation = settings.augmentation
    let (toning, degrading) = (augmentation.toning, augmentation.degrading)
    let changes = [
      ("hue", augmentation.hue), ("saturation", augmentation.saturation),
      ("value", augmentation.value), ("brightness", toning.brightness),
      ("contrast", toning.contrast), ("gray", toning.gray), ("blur", degrading.blur),
      ("noise", degrading.noise), ("jpeg", degrading.jpeg),
      ("randAugment (in part)", Double(augmentation.randAugment.count)),
    ].filter { $0.1 > 0 }.map(\.0)
    guard !changes.isEmpty, channels != 3 || (info?.bits ?? 8) > 16 else { return [] }
    return [
      "\(changes.joined(separator: ", ")) without effect: colours change in pictures of three "
        + "channels of 8 or 16 bits only"
    ]
  }
}
