import Datasets

extension Setting {
  /// Every setting of a training run, in the order in which help and settings.yaml list them.
  public static let all =
    subject + choosing + length + optimization + schedules + normalization + variation + blending
    + strongVariation + checking

  private static let subject = [
    Setting("model", \.model, "A preset's name or a model's YAML file.", range: "name or file"),
    Setting(
      "data", \.data, "The data set; 'shapes' is built in.",
      range: "YAML description, folder or JSON file"),
    Setting(
      "anchors", choice: \.anchors,
      "Sizes of an anchor head's boxes: the model's, or found by k-means on the training objects at "
        + "--size and kept with the weights."),
    Setting(
      "anchorCount", orAuto: \.anchorCount,
      "With anchors auto, of all levels together; auto: \(AnchorFitting.anchorsPerLevel) a level.",
      unit: "", in: 1...1000),
    Setting(
      "weights", \.weights, "Weights to start from; empty: drawn from the seed.",
      range: "file, run folder, or shipped name"),
    Setting(
      "strict", \.strict, "Any tensor that --weights lacks or has too many is an error.",
      range: "true | false"),
  ]

  private static let length = [
    Setting("epochs", \.epochs, "Passes over the training split.", unit: "", in: 1...1_000_000),
    Setting(
      "minutes", \.minutes, "Fix the epochs that fit this time; 0: take --epochs.",
      unit: "minutes", in: 0...100_000),
    Setting(
      "batch", orAuto: \.batch, "Pictures in a batch; auto: as many as fit --memory.",
      unit: "pictures", in: TrainingSettings.batchBounds),
    Setting(
      "memory", orAuto: \.memory,
      "What the run may take with --batch auto; auto: \(MemoryBudget.percent) % of what the system "
        + "has available.",
      unit: "MiB", in: 1...100_000_000),
    Setting(
      "size", \.size, "Side of the network's input, or HEIGHTxWIDTH.",
      range: "pixels, multiples of 32, 32 … 4096",
      where: { size in
        [size.height, size.width].allSatisfy { $0 % 32 == 0 && (32...4096).contains($0) }
      }),
    Setting(
      "multiScale", \.multiScale, "Batches' sizes vary by this part of --size up and down.",
      unit: "", in: 0...0.9),
    Setting(
      "earlyScale", \.earlyScale,
      "The first epochs train at this part of --size, which is as much faster as there are fewer "
        + "pixels; 1: at all of it.",
      unit: "", in: 0.1...1),
    Setting(
      "earlyShare", \.earlyShare, "The part of the epochs that does.", unit: "", in: 0.01...1),
    Setting("seed", \.seed, "Of all random draws.", unit: "", in: 0...(.max)),
    Setting(
      "precision", choice: \.precision,
      "Of activations and their gradients; auto: bf16 where the processor multiplies in it."),
    Setting(
      "recompute", \.recompute,
      "Take less memory and more time: cheap values are computed again in the backward pass. Not "
        + "part of the result.",
      range: "true | false"),
    Setting(
      "threads", \.threads, "Compute threads; 0: as many as processors. Part of the result.",
      unit: "", in: 0...1024),
    Setting(
      "workers", \.workers, "Threads that read and augment pictures. Not part of the result.",
      unit: "", in: 1...256),
    Setting(
      "cache", \.cache,
      "Memory for decoded pictures, a quarter of it for validation. Not part of the result.",
      range: "bytes with a unit, as in 500MB or 2GB, to 1000GB; 0: none",
      where: { $0.bytes <= 1000 << 30 }),
    Setting(
      "cacheFolder", \.cacheFolder,
      "Keep decoded pictures in a file here, of at most --cache, for later runs; empty: in memory. "
        + "Not part of the result.",
      range: "folder"),
  ]

  private static let normalization = [
    Setting(
      "normalization", choice: \.normalization,
      "How pixels become network input, kept with the weights: the range of 8 or 16 bits, mean and "
        + "deviation, or --percentiles of the training pictures."),
    Setting(
      "percentiles", \.percentiles,
      "What normalization percentile makes 0 and 1, clipping beyond.",
      range: "LOW,HIGH of 100, 0 ≤ LOW < HIGH ≤ 100",
      where: { 0 <= $0.low && $0.low < $0.high && $0.high <= 100 }),
    Setting(
      "normalizationPictures", \.normalizationPictures,
      "Training pictures that it is measured on, drawn with --seed where there are more; 0: all.",
      unit: "pictures", in: 0...1_000_000_000),
  ]

  private static let variation = [
    Setting(
      "mosaicWindow", \.mosaicWindow,
      "Mosaics of a set of at least twice as many pictures take their other pictures from so many "
        + "that come together in the epoch, so that a cache of these is enough.",
      unit: "pictures", in: 4...1_000_000_000),
    Setting(
      "closeMosaic", \.closeMosaic,
      "The last epochs are trained without mosaic, mixUp, paste, warping, occlusion and "
        + "randAugment.",
      unit: "epochs", in: 0...1_000_000),
    Setting(
      "mosaic", \.augmentation.mosaic, "Probability that a sample is made of several pictures.",
      unit: "", in: 0...1),
    Setting(
      "mosaicTiles", \.augmentation.mosaicTiles, "Of how many.", range: "4 | 9",
      where: Augmentation.mosaicTileCounts.contains),
    Setting(
      "horizontalFlip", \.augmentation.horizontalFlip,
      "Probability that left and right are exchanged.", unit: "", in: 0...1),
    Setting(
      "verticalFlip", \.augmentation.verticalFlip,
      "Probability that top and bottom are exchanged.", unit: "", in: 0...1),
    Setting(
      "transpose", \.augmentation.transpose,
      "Probability that rows and columns are exchanged.", unit: "", in: 0...1),
    Setting(
      "minimumScale", \.augmentation.minimumScale,
      "Pictures are scaled by a factor from here …", unit: "", in: 0.05...20),
    Setting(
      "maximumScale", \.augmentation.maximumScale, "… to here; 1 just fits the input.",
      unit: "", in: 0.05...20),
    Setting(
      "translation", \.augmentation.translation, "Largest shift of the middle.",
      unit: "share of the input", in: 0...1),
    Setting("hue", \.augmentation.hue, "Largest turn of the hue.", unit: "degrees", in: 0...180),
    Setting(
      "saturation", \.augmentation.saturation, "Largest change of saturation.", unit: "share",
      in: 0...1),
    Setting(
      "value", \.augmentation.value, "Largest change of brightness.", unit: "share", in: 0...1),
    Setting(
      "minimumVisibleShare", \.augmentation.minimumVisibleShare,
      "Objects of which less stays on the input are no targets.", unit: "share", in: 0...1),
    Setting(
      "minimumSide", \.augmentation.minimumSide, "Objects with a shorter side are no targets.",
      unit: "pixels", in: 0...1000),
  ]

  private static let blending = [
    Setting(
      "mixUp", \.augmentation.mixUp.probability,
      "Probability that another sample is laid over a sample; the objects of both count.",
      unit: "", in: 0...1),
    Setting(
      "mixUpAlpha", \.augmentation.mixUp.alpha,
      "α of the Beta distribution of their parts: small ones let one sample dominate.",
      unit: "", in: 0.1...100),
    Setting(
      "paste", \.augmentation.pasting.probability,
      "Probability that a small object is copied to other places of its sample.",
      unit: "", in: 0...1),
    Setting(
      "pasteFrom", choice: \.augmentation.pasting.origin,
      "Copies of the sample's own small objects, or (then --paste is each sample's probability) of "
        + "any in the split."),
    Setting(
      "pasteCopies", \.augmentation.pasting.copies, "Copies of an object, or into a sample.",
      unit: "", in: 1...100),
    Setting(
      "pasteSize", \.augmentation.pasting.size,
      "Objects are small below this square root of their box's area.",
      unit: "pixels of the picture", in: 1...10_000),
    Setting(
      "pasteScale", \.augmentation.pasting.scale, "Largest change of a copy's size.",
      unit: "share", in: 0...0.9),
    Setting(
      "pasteOverlap", \.augmentation.pasting.overlap,
      "Copies may cover this part of another object.", unit: "share", in: 0...0.5),
    Setting(
      "pasteFeather", \.augmentation.pasting.feather,
      "Around its box a copy fades out over so many pixels.", unit: "pixels of the input",
      in: 0...100),
  ]

  private static let checking = [
    Setting(
      "validateEvery", \.validateEvery, "Validate after so many epochs, and after the last.",
      unit: "epochs", in: 1...1_000_000),
    Setting(
      "patience", \.patience, "Stop after so many epochs without a better AP; 0: never.",
      unit: "epochs", in: 0...1_000_000),
    Setting(
      "checkpointSeconds", \.checkpointSeconds,
      "A checkpoint after so long within an epoch; each epoch ends with one. 0: only there.",
      unit: "seconds", in: 0...1e9),
    Setting(
      "checkpointSteps", \.checkpointSteps, "A checkpoint after so many steps as well; 0: none.",
      unit: "steps", in: 0...1_000_000_000),
  ]
}
