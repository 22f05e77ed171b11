import ArgumentParser
import Datasets
import Detectors
import Foundation
import Images
import Reports
import Training

struct DataPreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Draw training samples as a network would get them.",
    discussion: """
      Takes the settings of train, from a recipe and from options, and draws the first samples of \
      an epoch with their boxes: those that train would see with the same settings, always at \
      --size (without multiScale and earlyScale). Objects that were pasted are marked with a plus. \
      Next to the sheet, recipes.json has each sample's pictures, geometry, targets and what was \
      lost on the way.
      """)

  @Option(help: "YAML file of settings.")
  var recipe: String?

  @Option(
    help: "Folder to write (default: runs/preview, runs/preview-2, …). Must be new or empty.")
  var out: String?

  @Option(help: "Samples to draw, at most one of each picture (1 … 256).")
  var count = 12

  @Option(help: "Which epoch, from 0: --close-mosaic ends some variations before the last.")
  var epoch = 0

  @Flag(help: "Write each sample as a picture of its own as well, at full size.")
  var singles = false

  @OptionGroup(title: "Settings")
  var options: SettingsOptions

  private static let cellWidth = 480

  func validate() throws {
    guard (1...256).contains(count) else {
      throw ValidationError("--count is \(count), expected 1 … 256 samples")
    }
    guard (0..<1_000_000).contains(epoch) else {
      throw ValidationError("--epoch is \(epoch), expected 0 … 999999")
    }
  }

  func run() throws {
    var resolved = try ResolvedSettings(recipe: recipe, options: options.given)
    resolved.shortenForEpochs()
    let settings = resolved.values
    let splits = try TrainingSplits(
      settings, training: try DataLoading.description(settings.data).dataset(.train)
    ) { nil }
    for line in splits.notes { Messages.note(line) }
    let dataset = splits.training
    let model = try ModelSettings(named: settings.model)
    let anchors = try settings.fittedAnchors(model, dataset)
    for line in anchors?.warnings ?? [] { Messages.warn(line) }
    for line in resolved.idleInput { Messages.warn(line) }
    let sampling = try SamplingPlan(
      settings.sampling, for: dataset, isPart: settings.takesPart)
    for line in dataset.report.warnings { Messages.warn(line) }
    if let warning = settings.augmentation.pasting.warning(for: dataset) { Messages.warn(warning) }
    let measured = try TrainingInput(settings, model, dataset)
    for line in measured.warnings { Messages.warn(line) }
    let input = measured.format
    let folder = try RunFolder.create(out, kind: "preview").path
    let size = CanvasSize(settings.size)
    let cache = PictureCache(
      dataset: dataset, budget: settings.trainingCacheBytes, largestSize: size,
      largestScale: settings.augmentation.largestScale, input: input)
    var document = PreviewDocument(
      data: dataset.report.source, seed: settings.seed, epoch: epoch,
      size: [size.height, size.width])
    var sheet = ContactSheet(classNames: dataset.classNames)
    let loader = loader(dataset, settings, cache, input, sampling.sampler)
    while document.samples.count < count, let batch = try loader.next() {
      try add(batch, dataset, input, to: &sheet, &document, folder)
    }
    for broken in cache.broken { Messages.warn("\(broken); others take its place") }
    try sheet.picture().write(to: "\(folder)/preview.png")
    try JSONOutput.write(document, to: "\(folder)/recipes.json")
    print(
      "\(folder)/preview.png: \(document.samples.count) samples; how they were made is in "
        + "\(folder)/recipes.json")
  }

  /// One sample a batch.
  private func loader(
    _ dataset: Dataset, _ settings: TrainingSettings, _ cache: PictureCache, _ input: InputFormat,
    _ sampler: EpochSampler
  ) -> BatchLoader {
    var maker = RecipeMaker(
      dataset: dataset, augmentation: settings.augmentation, seed: settings.seed)
    maker.mosaicEnd = settings.epochs - settings.closeMosaic
    maker.mosaicWindow = settings.mosaicWindow
    var schedule = BatchSchedule(
      sampleCount: dataset.count, batchSize: 1, isTraining: true, seed: settings.seed,
      sizes: [CanvasSize(settings.size)])
    schedule.sampler = sampler
    var loading = BatchLoader.Settings()
    loading.workers = settings.workers
    loading.input = input
    return BatchLoader(
      maker: maker, schedule: schedule, cache: cache, epochs: epoch..<epoch + 1,
      settings: loading)
  }

  private func add(
    _ batch: Batch, _ dataset: Dataset, _ input: InputFormat, to sheet: inout ContactSheet,
    _ document: inout PreviewDocument, _ folder: String
  ) throws {
    defer { batch.release() }
    let item = batch.items[0]
    let number = document.samples.count + 1
    let sample = try SamplePicture(
      planes: batch.pixels, size: batch.size, targets: item.targets,
      classNames: dataset.classNames, input: input)
    if singles { try sample.drawn().write(to: "\(folder)/\(number).png") }
    let name = (item.path as NSString).lastPathComponent
    try sheet.add(sample, width: Self.cellWidth, caption: "\(number): \(name)")
    document.samples.append(PreviewDocument.Sample(item, dataset))
  }
}
