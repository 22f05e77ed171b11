import Anchors
import Boxes
import Datasets
import Detectors
import Images
import Networks
import ReceptiveFields

/// Makes anchors for a model of a data set's objects.
package struct AnchorFitting {
  package let settings: ModelSettings
  package let size: Extent
  /// With the model's own anchors, finest first.
  package let levels: [AnchorLevel]

  /// Where no number is given. Redmon, Farhadi: *YOLOv3*, 2018, §2.3.
  package static let anchorsPerLevel = 3

  /// - Parameter size: of the network's input.
  /// - Throws: ``AnchorError/noAnchorHead(model:)``, ``SettingsError/contradiction(key:reason:)``.
  package init(_ settings: ModelSettings, size: Extent) throws {
    guard let anchors = settings.head.anchors else {
      throw AnchorError.noAnchorHead(model: settings.name)
    }
    try settings.check(size: size)
    self.settings = settings
    self.size = size
    // The number of classes does not change what a level sees.
    let graph = settings.head.head.pictureGraph(of: try settings.graph(classCount: 1))
    let analysis = FieldAnalysis(graph, inputs: [graph.pictureShape(size)])
    let fields = ReceptiveFieldReport(model: settings.name, analysis: analysis).levels
    // Each level has two outputs, of one extent.
    let outputs = graph.outputs.map { analysis.shapes[$0] }
    levels = settings.strides.enumerated().map { index, stride in
      AnchorLevel(
        name: fields[index].name, stride: stride, rows: outputs[2 * index].height,
        columns: outputs[2 * index].width, receptiveField: fields[index].receptiveField.bottomUp,
        objectRange: fields[index].objectRange,
        anchors: anchors.boxes(level: index, stride: stride).map {
          AnchorSize(width: $0.width, height: $0.height)
        })
    }
  }

  /// - Parameter count: of all levels together; nil: ``anchorsPerLevel``.
  /// - Throws: ``AnchorError``.
  package func report(_ dataset: Dataset, count: Int?, seed: UInt64) throws -> AnchorReport {
    try AnchorReport(
      model: settings.name, key: settings.head.anchorKey, size: [size.height, size.width],
      levels: levels,
      objects: objects(dataset), threshold: threshold,
      count: count ?? Self.anchorsPerLevel * levels.count, seed: seed)
  }

  /// The model with other anchors, in pixels.
  package func settings(with sizes: [[AnchorSize]]) -> ModelSettings {
    guard var anchors = settings.head.anchors else { return settings }
    anchors.sizes = sizes
    var settings = settings
    settings.head = settings.head.with(anchors: anchors)
    return settings
  }

  /// From which IoU an anchor is positive; nil of an assigner that goes by no fixed one.
  private var threshold: Double? {
    guard case .maxIoU(let assigner) = settings.head.head.assigner else { return nil }
    return Double(assigner.positiveThreshold)
  }

  /// What is to be found, the pictures letterboxed to the network's input.
  private func objects(_ dataset: Dataset) -> [Box] {
    dataset.samples.enumerated().flatMap { index, sample in
      let letterbox = Letterbox(
        pictureWidth: sample.width, pictureHeight: sample.height, canvasWidth: size.width,
        canvasHeight: size.height)
      return dataset.annotations(of: index).filter { !$0.isIgnored }.map {
        letterbox.toCanvas($0.box)
      }
    }
  }
}

extension TrainingSettings {
  /// The model with anchors of the training split's objects; nil where it keeps its own.
  ///
  /// - Throws: ``AnchorError``, ``TrainingError/noTargets(data:)``.
  package func fittedAnchors(_ model: ModelSettings, _ training: Dataset) throws -> (
    model: ModelSettings, note: String, warnings: [String]
  )? {
    guard anchors == .auto else {
      let idle = anchorCount.map { ["anchorCount \($0) has no effect with anchors model"] }
      return idle.map { (model, "anchors: those of model \(model.name)", $0) }
    }
    let fitting = try AnchorFitting(model, size: size)
    guard training.annotations.contains(where: { !$0.isIgnored }) else {
      throw TrainingError.noTargets(data: data)
    }
    let report = try fitting.report(training, count: anchorCount, seed: seed)
    let warnings = report.fitted.findings.filter { $0.severity == .warning }.map(\.message)
    return (fitting.settings(with: report.fitted.sizes), report.sentence, warnings)
  }
}

extension AnchorReport {
  /// What a run takes, in a sentence.
  package var sentence: String {
    let sizes = fitted.levels.map { level in
      "\(level.name) "
        + level.anchors.map { "\($0.size.width)×\($0.size.height)" }.joined(separator: " ")
    }.joined(separator: "; ")
    func worth(_ coverage: AnchorCoverage) -> String {
      "best possible recall at IoU 0.5 \(percent(coverage.recall50)), mean best IoU "
        + "\(percent(coverage.meanBestOverlap)), \(tenths(coverage.anchorsPerObject)) anchors an "
        + "object"
    }
    return "anchors: \(sizes), by k-means on \(clustered) of \(objects) objects, seed \(seed): "
      + "\(worth(fitted.coverage)); the model's own: \(worth(present.coverage))"
  }

  private func percent(_ share: Double) -> String { "\((1000 * share).rounded() / 10) %" }

  private func tenths(_ value: Double) -> String { "\((10 * value).rounded() / 10)" }
}
