import Boxes
import Datasets
import Detectors
import Dispatch
import Evaluation
import Execution
import Images
import Networks
import Synchronization

/// What a network reaches on a split.
public struct ValidationResult: Sendable {
  public var metrics: CocoMetrics
  package var detections: [CocoDetection]
  package var truth: CocoTruth
  /// Mean over batches; nil without pictures.
  public var loss: Double?
  package var broken: [PictureCache.Broken]
  /// What was replaced in pictures of floats.
  package var nonFinite = PictureCache.NonFinite()
  /// Wall clock, evaluation included.
  public var seconds: Double
}

/// Detects in all pictures of a split and compares with what is there.
package final class Validator {
  package struct Settings {
    package var size: Extent = 320
    package var batch = 16
    package var workers = 2
    package var cacheBytes = 0
    /// How pixels become network input; as many channels as the model takes.
    package var input = InputFormat()
    package var detection: DetectionOptions

    package init() {
      detection = DetectionOptions()
      // Low, since average precision ranks all that is found.
      detection.minimumScore = 0.001
    }
  }

  private let model: TrainableDetector
  private let dataset: Dataset
  private let settings: Settings
  private let plans: PlansBySize
  private let cache: PictureCache
  private let truth: CocoTruth
  /// Samples that share a canvas; one group unless canvases follow the pictures' shapes.
  private let groups: [BatchSchedule]

  package init(
    _ model: TrainableDetector, _ dataset: Dataset, variables: Variables<Float>,
    settings: Settings, plans: PlanMaker, cache: PictureCache? = nil
  ) throws {
    self.model = model
    self.dataset = dataset
    self.settings = settings
    self.plans = PlansBySize(capacity: 1) { size in
      try plans.run(model, size: size, batch: settings.batch, .inference, variables)
    }
    groups = Self.groups(model, dataset, settings)
    self.cache =
      cache
      ?? PictureCache(
        dataset: dataset, budget: settings.cacheBytes, largestSize: CanvasSize(settings.size),
        input: settings.input)
    truth = CocoTruth(dataset)
  }

  package var batchCount: Int { groups.reduce(0) { $0 + $1.stepsPerEpoch } }

  private static func groups(
    _ model: TrainableDetector, _ dataset: Dataset, _ settings: Settings
  ) -> [BatchSchedule] {
    let multiple = model.settings.sizeMultiple
    let bySize = Dictionary(grouping: dataset.samples.indices) { index in
      let sample = dataset.samples[index]
      return CanvasSize(
        settings.detection.canvas(
          pictureWidth: sample.width, pictureHeight: sample.height, size: settings.size,
          multiple: multiple))
    }
    return bySize.sorted { $0.value[0] < $1.value[0] }.map { size, samples in
      BatchSchedule(
        samples: samples.map(Int32.init), batchSize: settings.batch, isTraining: false,
        sizes: [size])
    }
  }

  /// - Parameters:
  ///   - limit: of batches; what is not seen counts as missed.
  ///   - progress: batches done; throw to end early.
  package func run(limit: Int = .max, progress: (Int) throws -> Void = { _ in }) throws
    -> ValidationResult
  {
    let start = ContinuousClock.now
    var detections: [CocoDetection] = []
    var lossSum = 0.0
    var batches = 0
    for group in groups where batches < limit {
      let network = try Engine.shared.run {
        let network = try plans.run(for: group.sizes[0].extent)
        network.reloadVariables()
        return network
      }
      let loader = loader(group)
      while batches < limit, let batch = try loader.next() {
        defer { batch.release() }
        let (found, loss) = detect(batch, network)
        detections += found
        lossSum += loss
        batches += 1
        try progress(batches)
      }
    }
    let metrics = CocoEvaluator().evaluate(truth, detections)
    return ValidationResult(
      metrics: metrics, detections: detections, truth: truth,
      loss: batches > 0 ? lossSum / Double(batches) : nil, broken: cache.broken,
      nonFinite: cache.nonFinite, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private func loader(_ group: BatchSchedule) -> BatchLoader {
    var loading = BatchLoader.Settings()
    loading.workers = settings.workers
    loading.input = settings.input
    return BatchLoader(
      maker: RecipeMaker(dataset: dataset, augmentation: nil, seed: 0), schedule: group,
      cache: cache, epochs: 0..<1, settings: loading)
  }

  private func detect(_ batch: Batch, _ network: any DetectorRun) -> ([CocoDetection], Double) {
    guard !batch.items.isEmpty else { return ([], 0) }
    let (candidates, loss) = Engine.shared.run { forward(batch, network) }
    let kept = Mutex([[CocoDetection]](repeating: [], count: batch.items.count))
    let (items, dataset, options) = (batch.items, dataset, settings.detection)
    DispatchQueue.concurrentPerform(iterations: items.count) { index in
      let found = options.suppressed(candidates[index])
      let moved = Validator.toPicture(found, items[index], dataset.samples[items[index].sample])
      kept.withLock { $0[index] = moved }
    }
    return (kept.withLock { Array($0.joined()) }, loss)
  }

  /// On the engine thread.
  private func forward(_ batch: Batch, _ network: any DetectorRun) -> (
    candidates: [[Detection]], loss: Double
  ) {
    var outputs = network.forward(batch.pixels, targets: nil, RunArguments())
    outputs.batch = batch.items.count
    let candidates = model.head.decode(
      outputs, strides: model.strides, classCount: model.classNames.count, input: batch.size.extent,
      minimumScore: settings.detection.minimumScore)
    return (candidates, loss(outputs, batch))
  }

  private func loss(_ outputs: HeadOutputs, _ batch: Batch) -> Double {
    let counts = outputs.shapes.map { outputs.batch * $0.count }
    let gradients = counts.map { UnsafeMutablePointer<Float>.allocate(capacity: $0) }
    defer {
      for gradient in gradients { gradient.deallocate() }
    }
    var outputs = outputs
    outputs.gradients = gradients
    let terms = model.head.loss(
      outputs, targets: batch.items.map(\.targets.forHead), strides: model.strides,
      classCount: model.classNames.count, input: batch.size.extent)
    return Double(terms.total)
  }

  /// In pixels of the picture, clipped to it.
  private static func toPicture(_ detections: [Detection], _ item: BatchItem, _ sample: Sample)
    -> [CocoDetection]
  {
    let bounds = Box(left: 0, top: 0, right: Float(sample.width), bottom: Float(sample.height))
    let toPicture = item.recipe.sources[0].canvasToPicture
    return detections.map { detection in
      let box = toPicture(detection.box).clipped(to: bounds)
      return CocoDetection(
        image: item.sample, category: detection.label,
        box: CocoBox(
          x: Double(box.left), y: Double(box.top), width: Double(box.width),
          height: Double(box.height)),
        score: Double(detection.score))
    }
  }
}

extension CocoTruth {
  /// A split's annotations as written, difficult objects to be ignored.
  package init(_ dataset: Dataset) {
    var objects: [CocoObject] = []
    for (image, _) in dataset.samples.enumerated() {
      for annotation in dataset.annotations(of: image) {
        let box = annotation.written
        objects.append(
          CocoObject(
            image: image, category: Int(annotation.classIndex),
            box: CocoBox(x: box.x, y: box.y, width: box.width, height: box.height),
            area: annotation.area, isCrowd: annotation.isCrowd,
            isIgnored: annotation.isDifficult))
      }
    }
    self.init(
      imageIDs: dataset.samples.map(\.imageID),
      categories: zip(dataset.categoryIDs, dataset.classNames).map {
        CocoCategory(id: $0, label: $1)
      }, objects: objects)
  }
}
