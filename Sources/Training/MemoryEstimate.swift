import Datasets
import Detectors
import Execution
import Networks

/// What a training run takes of memory at most, told without taking it.
///
/// It holds all the time what the process held before, tensors, pictures, plans, the loader's
/// batches, and what the loss works on; besides, for a while, what a validation or a checkpoint
/// needs. Plans are laid out for the largest input; the rest is arithmetic.
package struct MemoryEstimate {
  private let settings: TrainingSettings
  private let model: TrainableDetector
  private let training: Dataset
  private let validation: Dataset?
  /// Of a decoded picture's pixel, all channels.
  private let pixelBytes: Int
  private let precision: Precision
  private let variables: Variables<Float>
  /// Of the process as it was when this was made.
  package var heldBytes: Int

  /// - Parameter pixelBytes: of a decoded picture's pixel, all channels.
  /// - Throws: ``ExecutionError/unsupportedPrecision(_:reason:)``.
  package init(
    _ settings: TrainingSettings, _ model: TrainableDetector, training: Dataset,
    validation: Dataset?, pixelBytes: Int = 3
  ) throws {
    self.pixelBytes = pixelBytes
    heldBytes = ProcessMemory.resident
    (self.settings, self.model) = (settings, model)
    (self.training, self.validation) = (training, validation)
    precision = try settings.precision.resolved()
    variables = Variables(model.graph, seed: nil)
  }

  /// With batches of so many pictures.
  ///
  /// - Throws: ``ExecutionError``.
  package func bytes(batch: Int) throws -> Int {
    var settings = settings
    settings.batch = batch
    let schedule = Trainer.schedule(settings, training, model.settings)
    let largest = schedule.largestSize
    let (steps, checks) = try (
      memory(.training, batch, largest.extent), memory(.inference, batch, settings.size)
    )
    let plans =
      max(steps.arenaBytes, checks.arenaBytes) + ownBytes(steps, schedule) + checks.ownBytes
      + checks.libraryBytes
    let loader =
      BatchLoader.Settings().bufferCount * schedule.mostFloats(channels: channels) * Self.float
    let loss = 2 * batch * outputBytes(largest.extent)
    return heldBytes + Self.codeBytes + tensorBytes + cacheBytes + composedBytes + plans + loader
      + loss
      + max(validationBytes(batch), checkpointBytes)
  }

  private static let float = MemoryLayout<Float>.stride
  /// Of the program and its libraries, what is read in once training begins: as measured.
  private static let codeBytes = 16 << 20

  private func memory(_ mode: Mode, _ batch: Int, _ size: Extent) throws -> PlanMemory {
    var total = PlanMemory()
    var arenas: [Int] = []
    for stage in model.settings.stages(of: model.graph, size: size, mode: mode) {
      let memory = try planMemory(
        stage.graph, inputs: stage.inputs, batch: batch, mode: mode,
        precision: mode == .training ? precision : .f32, recomputes: settings.recompute,
        variables: variables, gradientInputs: stage.gradientInputs)
      total.ownBytes += memory.ownBytes
      total.libraryBytes += memory.libraryBytes
      while arenas.count <= stage.number { arenas.append(0) }
      arenas[stage.number] = max(arenas[stage.number], memory.arenaBytes)
    }
    total.arenaBytes = arenas.reduce(0, +)
    return total
  }

  /// Of the training plans of as many sizes as are kept, the largest ones'; they share the arena.
  private func ownBytes(_ largest: PlanMemory, _ schedule: BatchSchedule) -> Int {
    let areas = Set((schedule.sizes + schedule.earlySizes).map(\.area)).sorted(by: >)
    let kept = areas.prefix(PlansBySize.standardCapacity)
    let inLargest = Double(kept.reduce(0, +)) / Double(areas[0])
    return Int(Double(largest.ownBytes) * inLargest) + kept.count * largest.libraryBytes
  }

  // MARK: Whatever the batch

  /// Weights, their gradients and their average, and the optimizer's moments.
  private var tensorBytes: Int {
    (3 + settings.optimizerRule.momentCount) * parameterBytes + 2 * bufferBytes
  }

  private var parameterBytes: Int { variables.parameters.count * Self.float }
  private var bufferBytes: Int { variables.buffers.count * Self.float }

  /// All that is saved, in one array that was doubled while it grew.
  private var checkpointBytes: Int {
    2 * ((2 + settings.optimizerRule.momentCount) * parameterBytes + 2 * bufferBytes)
  }

  /// Of decoded pictures.
  private var cacheBytes: Int {
    min(settings.trainingCacheBytes, mostPictureBytes(training))
      + (validation.map { min(settings.validationCacheBytes, mostPictureBytes($0)) } ?? 0)
  }

  /// Of the pictures that the workers make samples of while the cache has no room for them.
  private var composedBytes: Int {
    guard settings.trainingCacheBytes < mostPictureBytes(training) else { return 0 }
    let largest = training.samples.map { PictureCache.mostBytes($0, pixelBytes: pixelBytes) }.max()
    let augmentation = settings.augmentation
    let tiles = augmentation.mosaic > 0 ? augmentation.mosaicTiles : 1
    let samples = augmentation.mixUp.probability > 0 ? 2 : 1
    let pasting = augmentation.pasting
    let pasted = pasting.probability > 0 && pasting.origin == .any ? pasting.copies : 0
    return settings.workers * (tiles * samples + pasted) * (largest ?? 0)
  }

  private func mostPictureBytes(_ dataset: Dataset) -> Int {
    PictureCache.mostBytes(dataset, pixelBytes: pixelBytes)
  }

  private var channels: Int { model.settings.inputChannels }

  // MARK: Batch by batch

  /// Of one picture; the loss copies them, and makes their gradients.
  private func outputBytes(_ size: Extent) -> Int {
    outputShapes(size).reduce(0) { $0 + $1.count } * Self.float
  }

  private func outputShapes(_ size: Extent) -> [Shape] {
    let shapes = model.graph.shapes(inputs: model.settings.inputs(of: model.graph, size: size))
    return model.graph.outputs.map { shapes[$0] }
  }

  /// The validation loader's batches, and of one batch a detection wherever there can be one.
  private func validationBytes(_ batch: Int) -> Int {
    guard let validation else { return 0 }
    let detections = model.head.mostDetections(outputShapes(settings.size))
    let loaded = min(validation.count, BatchLoader.Settings().bufferCount * batch)
    return min(validation.count, batch) * detections * MemoryLayout<Detection>.stride
      + loaded * channels * settings.size.area * Self.float
  }
}
