import Datasets

/// What is to be said of pasting and mixing before a run.
extension Trainer {
  func describePasting() {
    if settings.augmentation.cropping.probability > 0, settings.augmentation.mosaic >= 1 {
      observer.warn(
        "crop changes samples of one picture, and mosaic 1 makes the others: it acts in the last "
          + "closeMosaic \(settings.closeMosaic) epochs only")
    }
    let pasting = settings.augmentation.pasting
    if let warning = pasting.warning(for: parts.training) { observer.warn(warning) }
  }

  /// - Parameter copies: of the first batches.
  func report(_ copies: CopyCounts?) {
    guard let copies else { return }
    observer.note(
      "\(copies.pasted) copies of small objects were pasted into them; \(copies.unplaced) found no "
        + "free place or were too small (pasteOverlap, minimumSide); metrics.csv counts them for "
        + "each epoch")
  }
}
