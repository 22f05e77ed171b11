import Datasets
import Detectors
import Execution
import Foundation
import Images
import Networks

/// Trains a detector, from the first step or from a checkpoint, to the end or to an interruption.
///
/// ```swift
/// var settings = TrainingSettings()
/// (settings.data, settings.epochs) = ("my.yaml", 50)
/// let trainer = try Trainer(settings, folder: "runs/mine", observer: observer)
/// try trainer.run()
/// let detector = try Detector.load(trainer.folder.bestWeights)
/// ```
public final class Trainer {
  /// What a run works with and what its checkpoint does not hold.
  package struct Parts {
    package var model: TrainableDetector
    package var training: Dataset
    package var validation: Dataset?
    package var folder: RunFolder
    package var plans: PlanMaker
    package var observer: any TrainingObserver
    /// What was chosen of the data, a sentence each.
    package var notes: [String] = []

    package init(
      model: TrainableDetector, training: Dataset, validation: Dataset?, folder: RunFolder,
      plans: PlanMaker, observer: any TrainingObserver
    ) {
      (self.model, self.training, self.validation) = (model, training, validation)
      (self.folder, self.plans, self.observer) = (folder, plans, observer)
    }
  }

  package internal(set) var state: TrainingState
  package let variables: Variables<Float>
  /// Weights and running statistics averaged over the steps; its gradients are not used.
  package let average: Variables<Float>
  package let optimizer: Optimizer

  package let parts: Parts
  let plans: PlansBySize
  let cache: PictureCache
  /// Which pictures make an epoch.
  let sampling: SamplingPlan
  var lastCheckpoint = ContinuousClock.now
  var epochStart = ContinuousClock.now
  /// Paths of unusable pictures that were said.
  var reportedPictures: Set<String> = []
  /// Pictures with values that are no numbers that were said, of training and of validation.
  var reportedNonFinite = (training: 0, validation: 0)
  private(set) var validator: Validator?

  /// Where the run writes weights, figures, settings and its checkpoint.
  public var folder: RunFolder { parts.folder }
  public var model: ModelSettings { parts.model.settings }
  var settings: TrainingSettings { state.settings.values }
  var observer: any TrainingObserver { parts.observer }

  /// A run at its first step, weights drawn from the seed.
  ///
  /// - Parameter normalization: as measured on the training split.
  /// - Throws: ``TrainingError/noTargets(data:)``.
  package convenience init(
    _ parts: Parts, settings: ResolvedSettings, normalization: Normalization = .linear
  ) throws {
    guard parts.training.annotations.contains(where: { !$0.isIgnored }) else {
      throw TrainingError.noTargets(data: settings.values.data)
    }
    let sampling = try SamplingPlan(
      settings.values.sampling, for: parts.training, isPart: settings.values.takesPart)
    var state = TrainingState(
      settings: settings, modelYAML: parts.model.settings.yaml,
      classNames: parts.model.classNames,
      data: DataFingerprint(parts.training, sampling.sampler))
    state.normalization = normalization
    try self.init(parts, state: state, sampling)
    try checkSizes()
  }

  /// A run as its checkpoint has it.
  ///
  /// - Throws: ``TrainingError/dataChanged(run:then:now:)``.
  package convenience init(_ parts: Parts, resuming checkpoint: RunCheckpoint) throws {
    let values = checkpoint.state.settings.values
    let sampling = try SamplingPlan(
      values.sampling, for: parts.training, isPart: values.takesPart)
    let data = DataFingerprint(parts.training, sampling.sampler)
    guard data == checkpoint.state.data else {
      throw TrainingError.dataChanged(
        run: parts.folder.path, then: checkpoint.state.data, now: data)
    }
    try self.init(parts, state: checkpoint.state, sampling)
    // It went on so far: that it learns nothing somewhere does not end it.
    do { try checkSizes() } catch { observer.warn("\(error)") }
    try checkpoint.restore(self)
  }

  init(_ parts: Parts, state: TrainingState, _ sampling: SamplingPlan) throws {
    let settings = state.settings.values
    self.sampling = sampling
    self.parts = parts
    self.state = state
    let variables = Variables<Float>(parts.model.graph, seed: settings.seed)
    let average = Variables<Float>(parts.model.graph, seed: settings.seed)
    self.variables = variables
    self.average = average
    let parameters = parts.model.graph.parameters
    optimizer = Optimizer(
      settings.optimizerRule, parameters: parameters,
      treatments: try settings.treatments(parameters))
    let (model, maker) = (parts.model, parts.plans)
    plans = PlansBySize { size in
      try maker.run(
        model, size: size, batch: settings.batchSize, .training, variables)
    }
    cache = try settings.pictureCache(
      parts.training, bytes: settings.trainingCacheBytes,
      largestSize: Self.schedule(settings, parts.training, parts.model.settings).largestSize,
      input: Self.inputFormat(parts.model.settings, state), isTraining: true)
    try checkEpochLength()
    try checkPlateau()
    try parts.validation.map { validator = try makeValidator($0) }
  }

  /// What the network takes of pictures.
  package var inputFormat: InputFormat { Self.inputFormat(model, state) }

  private static func inputFormat(_ model: ModelSettings, _ state: TrainingState) -> InputFormat {
    InputFormat(channels: model.inputChannels, normalization: state.normalization ?? .linear)
  }

  private func makeValidator(_ dataset: Dataset) throws -> Validator {
    var validation = Validator.Settings()
    validation.size = settings.size
    validation.batch = settings.batchSize
    validation.workers = settings.workers
    validation.input = inputFormat
    let cache = try settings.pictureCache(
      dataset, bytes: settings.validationCacheBytes, largestSize: CanvasSize(settings.size),
      input: inputFormat, isTraining: false)
    return try Validator(
      parts.model, dataset, variables: average, settings: validation, plans: parts.plans,
      cache: cache)
  }

  /// Starts from other weights, in the raw weights and in the average.
  package func weightsChanged() {
    average.parameters.copy(from: variables.parameters)
    average.buffers.copy(from: variables.buffers)
    Engine.shared.run { plans.reloadVariables() }
  }

  /// Trains to the end.
  ///
  /// - Throws: ``TrainingError``; after an interruption, which ``Interruption/watch()`` looks for, there
  ///   is a checkpoint of where it was.
  public func run() throws {
    if state.step == 0 && state.epoch == 0 && state.batch == 0 { try begin() }
    if state.isFinished { observer.note("this run is finished, there is nothing to do") }
    let loader = makeLoader(epochs: state.epoch..<settings.epochs, batch: state.batch)
    epochStart = .now
    while !state.isFinished {
      try trainEpoch(from: loader)
      try finishEpoch()
    }
    observer.note("pictures: \(cache.summary)")
  }

  private func begin() throws {
    try preflight()
    // What is measured can be interrupted too.
    try checkpoint()
    if state.settings.isTimed { try fitEpochs() }
    state.settings.shortenForEpochs()
    describeEarlyEpochs()
    try DurableFiles.replace(
      parts.folder.settingsFile, with: Data((state.settings.yaml + normalizationLines).utf8))
    try checkpoint()
  }

  /// The numbers that were measured, as comments of settings.yaml.
  private var normalizationLines: String {
    guard let normalization = state.normalization, normalization.kind != .linear else { return "" }
    return
      "# input = (clamp(value, low, high) - offset) * factor, measured on the training split:\n"
      + normalization.channels.enumerated().map { index, channel in
        "#   channel \(index + 1): low \(channel.low), high \(channel.high), "
          + "offset \(channel.offset), factor \(channel.factor)\n"
      }.joined()
  }

  package static func schedule(
    _ settings: TrainingSettings, _ dataset: Dataset, _ model: ModelSettings,
    _ sampler: EpochSampler = .random
  ) -> BatchSchedule {
    var schedule = BatchSchedule(
      sampleCount: dataset.count, batchSize: settings.batchSize, isTraining: true,
      seed: settings.seed, sizes: settings.sizes(around: settings.size, model))
    schedule.earlySizes = settings.sizes(around: settings.earlySize, model)
    schedule.earlyEpochs = settings.earlyEpochs
    schedule.sampler = sampler
    schedule.dropsLast = settings.dropLast
    return schedule
  }

  package var batchesPerEpoch: Int { batchSchedule.stepsPerEpoch }

  var batchSchedule: BatchSchedule {
    Self.schedule(settings, parts.training, model, sampling.sampler)
  }

  var stepsPerEpoch: Int {
    (batchesPerEpoch + settings.accumulation - 1) / settings.accumulation
  }

  func makeLoader(epochs: Range<Int>, batch: Int = 0) -> BatchLoader {
    var maker = RecipeMaker(
      dataset: parts.training, augmentation: settings.augmentation, seed: settings.seed)
    maker.mosaicEnd = settings.epochs - settings.closeMosaic
    maker.mosaicWindow = settings.mosaicWindow
    // A checkpoint after an epoch's last batch goes on with the next epoch's first.
    let isWhole = batch == batchesPerEpoch
    let first = min(epochs.lowerBound + (isWhole ? 1 : 0), epochs.upperBound)
    var loading = BatchLoader.Settings()
    loading.workers = settings.workers
    loading.input = inputFormat
    return BatchLoader(
      maker: maker, schedule: batchSchedule, cache: cache,
      epochs: first..<epochs.upperBound, step: isWhole ? 0 : batch, settings: loading)
  }

}
