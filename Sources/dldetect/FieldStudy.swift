import Datasets
import Detectors
import Explanations
import ReceptiveFields
import Reports

/// What networks are held against, and how: all that `rf` does to one network.
struct FieldStudy {
  let rule: ObjectSizeRule
  let dataset: Dataset?
  /// Whether training's assigner is audited; nil: where that is cheap.
  let audits: Bool?
  /// What effective fields are measured with; nil: they are not.
  let effective: EffectiveFieldSource?
  private let objects: DataObjects?

  /// Objects up to which an assigner that goes by boxes alone is audited unasked.
  static let cheapObjects = 20_000

  init(
    rule: ObjectSizeRule, dataset: Dataset?, audits: Bool?, effective: EffectiveFieldSource? = nil
  ) {
    self.rule = rule
    self.dataset = dataset
    self.audits = audits
    self.effective = effective
    let counted = dataset?.objects
    objects = counted?.counted
    if let ignored = counted?.ignored, ignored > 0 {
      Messages.note("\(ignored) crowd and difficult objects were not counted")
    }
  }

  func document(_ network: DetectorChoice) throws -> ReceptiveFieldDocument {
    let size = network.size
    var report = ReceptiveFieldReport(
      model: network.name, graph: network.graph, size: size, rule: rule,
      objects: objects?.sizes(on: size), classNames: dataset?.classNames ?? [])
    if let objects {
      report.advice =
        Advisor(Advisor.Networks(network), size: size, rule: rule, objects: objects).advice
    }
    let session = try effective?.session(network)
    try session?.measure(&report, objects: objects?.sizes(on: size))
    return ReceptiveFieldDocument(
      report: report, audit: try audit(network), heatMaps: try session?.heatMaps(report) ?? [])
  }

  private func audit(_ network: DetectorChoice) throws -> AssignerAudit? {
    guard let dataset, audits ?? isCheap(network, dataset) else { return nil }
    let progress = ProgressLine()
    defer { progress.clear() }
    func show(_ done: Int) {
      progress.show(Double(done) / Double(dataset.count)) {
        "assigning: picture \(done)/\(dataset.count)"
      }
    }
    guard let weights = network.weights else {
      return try AssignerAudit(network.settings, dataset, size: network.size, progress: show)
    }
    let detector = try WeightsChoice.detector(weights)
    try dataset.requireClasses(detector.names)
    return try AssignerAudit(
      detector, dataset, size: network.size, isTrained: true, progress: show)
  }

  private func isCheap(_ network: DetectorChoice, _ dataset: Dataset) -> Bool {
    !network.settings.head.head.assigner.assigner.needsPredictions
      && dataset.annotations.count <= Self.cheapObjects
  }
}

extension Advisor.Networks {
  /// The network, and what it would be with one level more, where it can have that.
  init(_ network: DetectorChoice) {
    func graph(_ settings: ModelSettings?) -> PricedGraph? {
      try? settings?.pricedGraph(classCount: network.classCount)
    }
    self.init(
      present: network.graph, finer: graph(network.settings.withFinerLevel),
      coarser: graph(network.settings.withCoarserLevel), multiple: network.settings.sizeMultiple,
      largestSide: ModelSettings.largestSide)
  }
}
