/// What an evaluation computes.
package struct EvaluationOptions: Sendable {
  package var settings = CocoSettings()
  package var includesVOC = false
  /// Score from which detections are in the confusion matrix; none if nil.
  package var confusionScore: Double?
  package var includesCurves = false
  package var includesErrors = false
  /// Bins of scores; no calibration if nil.
  package var calibrationBins: Int?
  package var operatingTargets: [OperatingTarget] = []
  /// How the samples of intervals are drawn; no intervals if nil.
  package var bootstrap: Resampling?
  /// Another run's detections, which these are compared with.
  package var against: [CocoDetection]?
  /// For each class, the training images with an object of it; no frequency groups if nil.
  package var trainingImages: [Int]?

  package init() {}
}

/// COCO's figures, what they are means of, and what else was asked for.
package struct EvaluationReport: Sendable {
  package var metrics: CocoMetrics
  package var breakdown: MetricsBreakdown
  package var voc: VocMetrics?
  package var confusion: ConfusionMatrix?
  package var curves: DetectionCurves?
  package var frequencies: FrequencyMetrics?
  package var errors: ErrorBreakdown?
  package var calibration: Calibration?
  package var operatingPoints: OperatingPoints?
  package var intervals: BootstrapIntervals?
  package var comparison: PairedComparison?

  package init(
    _ truth: CocoTruth, _ detections: [CocoDetection], _ options: EvaluationOptions = .init()
  ) {
    let start = ContinuousClock.now
    let labels = truth.categories.map(\.label)
    let table = CocoEvaluator(options.settings).accumulate(truth, detections)
    metrics = CocoMetrics(table, labels: labels, seconds: 0)
    breakdown = MetricsBreakdown(table, labels: labels)
    if options.includesVOC { voc = VocEvaluator().evaluate(truth, detections) }
    if let score = options.confusionScore {
      confusion = ConfusionMatrix(truth, detections, score: score)
    }
    if let images = options.trainingImages {
      frequencies = FrequencyMetrics(table, trainingImages: images)
    }
    if options.includesErrors { errors = ErrorEvaluator().evaluate(truth, detections) }
    addRanked(truth, detections, options)
    addIntervals(truth, detections, options)
    metrics.seconds = (ContinuousClock.now - start) / .seconds(1)
  }

  /// What is read off the ranking at one overlap.
  private mutating func addRanked(
    _ truth: CocoTruth, _ detections: [CocoDetection], _ options: EvaluationOptions
  ) {
    let targets = options.operatingTargets
    guard options.includesCurves || options.calibrationBins != nil || !targets.isEmpty else {
      return
    }
    let evaluator = CurveEvaluator()
    let ranked = RankedClasses(
      truth, detections, overlap: evaluator.overlap, limit: options.settings.largestLimit)
    if options.includesCurves { curves = evaluator.evaluate(ranked) }
    if let bins = options.calibrationBins { calibration = Calibration(ranked, binCount: bins) }
    if !targets.isEmpty { operatingPoints = OperatingPoints(ranked, targets) }
  }

  private mutating func addIntervals(
    _ truth: CocoTruth, _ detections: [CocoDetection], _ options: EvaluationOptions
  ) {
    if let bootstrap = options.bootstrap {
      intervals = BootstrapIntervals(
        truth, detections, settings: options.settings, resampling: bootstrap)
    }
    if let others = options.against {
      comparison = PairedComparison(
        truth, detections, against: others, settings: options.settings,
        resampling: options.bootstrap ?? Resampling())
    }
  }
}

/// The keys of ``CocoMetrics``, with more in every class's row, and the other parts. Curves have a
/// file of their own; here stands only the best point of each.
extension EvaluationReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case overlaps, areas, limits, voc, confusion, bestF1, frequencies, errors
    case calibration, operatingPoints, bootstrap, against
  }

  package func encode(to encoder: any Encoder) throws {
    var figures = encoder.container(keyedBy: CocoMetrics.CodingKeys.self)
    try metrics.encodeFigures(to: &figures)
    try figures.encode(breakdown.classes, forKey: .perClass)
    var parts = encoder.container(keyedBy: CodingKeys.self)
    try parts.encode(breakdown.overlaps, forKey: .overlaps)
    try parts.encode(breakdown.areas, forKey: .areas)
    try parts.encode(breakdown.limits, forKey: .limits)
    try parts.encodeIfPresent(voc, forKey: .voc)
    try parts.encodeIfPresent(confusion, forKey: .confusion)
    try parts.encodeIfPresent(curves?.all.best, forKey: .bestF1)
    try parts.encodeIfPresent(frequencies?.groups, forKey: .frequencies)
    try parts.encodeIfPresent(errors, forKey: .errors)
    try parts.encodeIfPresent(calibration, forKey: .calibration)
    try parts.encodeIfPresent(operatingPoints, forKey: .operatingPoints)
    try parts.encodeIfPresent(intervals, forKey: .bootstrap)
    try parts.encodeIfPresent(comparison, forKey: .against)
  }
}
