import Datasets
import Detectors
import Execution
import Networks

/// What one look before a long training can tell.
extension Trainer {
  /// A forward and a backward pass over the first batches, without a step, and a few lines about
  /// what they show. The state is left as it was.
  ///
  /// - Throws: ``TrainingError/nonFinite(_:)`` where the first loss is none.
  func preflight() throws {
    describe()
    let buffers = TensorStore<Float>(parts.model.graph.buffers)
    buffers.copy(from: variables.buffers)
    defer {
      variables.buffers.copy(from: buffers)
      variables.gradients.fill(0)
    }
    let loader = makeLoader(epochs: 0..<1)
    var sums = EpochSums()
    var targetCount = 0
    var last: LossTerms?
    for index in 0..<min(Self.preflightBatches, batchesPerEpoch) {
      guard let batch = try loader.next() else { break }
      defer { batch.release() }
      let terms = try gradients(of: batch, isFirst: index == 0)
      targetCount += batch.items.reduce(0) { $0 + $1.targets.boxes.count }
      sums.add(terms)
      sums.add(batch.lost)
      sums.add(batch.copies)
      last = terms
    }
    if let last { report(sums, last, targetCount: targetCount) }
  }

  private static let preflightBatches = 2

  private func describe() {
    let model = parts.model
    let parameters = model.graph.parameters.reduce(0) { $0 + $1.count }
    observer.note(
      "model \(model.settings.name): \(parameters) parameters, \(model.classNames.count) classes; "
        + "\(parts.training.count) training pictures, \(batchesPerEpoch) batches of "
        + "\(settings.batchSize) an epoch; \(parts.validation?.count ?? 0) validation pictures; "
        + "precision \(settings.precision.rawValue), \(settings.threads) threads")
    if let line = model.settings.positionNote(of: model.graph, sizes: trainedSizes) {
      observer.note(line)
    }
    for line in model.graph.warnings { observer.warn(line) }
    describeSampling()
    for line in state.settings.idleInput { observer.warn(line) }
    // Parts of one split have one report.
    let warnings = parts.training.report.warnings
    let others = (parts.validation?.report.warnings ?? []).filter { !warnings.contains($0) }
    for line in warnings + others { observer.warn(line) }
    if let validation = parts.validation,
      validation.annotations.allSatisfy({ $0.isCrowd || $0.isDifficult })
    {
      observer.warn(
        "the validation split has no objects to find, hence no AP: the last weights will count as "
          + "the best, and patience has no effect")
    }
    // Where it was not given it is shortened to fit.
    if settings.closeMosaic >= settings.epochs,
      state.settings.source(of: "closeMosaic") != .standard
    {
      for name in settings.augmentation.namesOfChangesThatEnd {
        observer.warn(
          "\(name) has no effect: closeMosaic \(settings.closeMosaic) leaves it out of all "
            + "\(settings.epochs) epochs")
      }
    }
    describePasting()
    if parts.validation == nil {
      observer.warn("no validation split: the last weights will count as the best")
      if settings.patience > 0 {
        observer.warn("patience has no effect without a validation split")
      }
    }
    describeOptimization()
    describeNetwork()
  }

  /// Which epochs train on smaller pictures, or why none or all do.
  func describeEarlyEpochs() {
    guard settings.earlyScale < 1 else { return }
    let (count, size, early) = (settings.earlyEpochs, settings.size, settings.earlySize)
    switch count {
    case 0:
      observer.warn(
        "earlyScale \(settings.earlyScale) has no effect: "
          + (early == size
            ? "the nearest multiples of 32 are \(size) itself"
            : "earlyShare \(settings.earlyShare) of \(settings.epochs) epochs is none"))
    case settings.epochs:
      observer.warn("all \(count) epochs train at \(early), none at \(size): see earlyShare")
    default:
      observer.note(
        "\(count) epochs train at \(early), the \(settings.epochs - count) after at \(size)")
    }
  }

  private func report(_ sums: EpochSums, _ terms: LossTerms, targetCount: Int) {
    let shown = zip(sums.names, sums.means).map { "\($0) \(rounded($1))" }
    observer.note(
      "before the first step: loss \(rounded(sums.loss)) (\(shown.joined(separator: ", "))), "
        + "\(sums.positives) positives for \(targetCount) objects in \(sums.batches) batches")
    if sums.tooSmallTargets > 0 {
      observer.note(
        "\(sums.tooSmallTargets) more objects are no targets in them, too little being left on the "
          + "input (minimumVisibleShare, minimumSide); metrics.csv counts them for each epoch")
    }
    if let hidden = sums.hiddenTargets {
      observer.note(
        "\(hidden) more are none, too little of them being visible under what is hidden (cutout, "
          + "hide, gridMask, minimumVisibleShare); metrics.csv counts them as well")
    }
    report(sums.copies)
    if sums.positives == 0 {
      observer.warn(
        targetCount == 0
          ? "the first batches hold no objects"
          : "no prediction was assigned to any of \(targetCount) objects: do their sizes fit "
            + "the model at \(settings.size)? (dldetect rf --data tells)")
    } else if 2 * sums.unmatchedTargets > targetCount {
      observer.warn(
        "\(sums.unmatchedTargets) of \(targetCount) objects were assigned no prediction and "
          + "teach nothing")
    }
    for (name, mean) in zip(sums.names, sums.means) where mean > Self.suspiciousLoss {
      observer.warn("\(name) starts at \(rounded(mean)): larger than a fresh network's should be")
    }
    if settings.flooding > sums.loss {
      observer.warn(
        "flooding \(settings.flooding.setting) lies above the loss before the first step: gradients "
          + "are turned round from the start, and the loss rises to it; a level below "
          + "\(rounded(sums.loss)) would not")
    }
    let expected = parts.model.graph.parametersBehindZeroScales
    let idle = variables.gradients.specifications.indices.filter { index in
      !expected.contains(index) && variables.gradients[index].allSatisfy { $0 == 0 }
    }
    if let first = idle.first, sums.positives > 0 {
      observer.warn(
        "\(idle.count) parameters get no gradient, the first is "
          + variables.gradients.specifications[first].name)
    }
  }

  /// A fresh head's terms are of the order of 1 to 10; focal sums over many anchors reach some tens.
  private static let suspiciousLoss = 1e3

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
