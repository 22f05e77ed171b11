import Datasets
import Detectors
import Evaluation
import Execution
import Foundation
import Reports
import Training

/// The report of a validation: figures, curves, confusion and pictures, on what and with what.
struct ValidationReport {
  var detector: Detector
  var weights: String
  var data: String
  /// Its name, or the fold.
  var split: String
  var dataset: Dataset
  var evaluation: EvaluationReport
  /// What was detected with.
  var settings: Validator.Settings
  var precision: Precision
  var result: ValidationResult
  var began: Date

  func write(into folder: ReportFolder) throws {
    var charts = DrawnCharts { Messages.warn($0) }
    let name = (data as NSString).lastPathComponent
    var document = Document(
      title: "\(detector.settings.name) on \(name), \(split)",
      introduction: [
        .paragraph(
          """
          \(dataset.count) pictures with \(dataset.annotations.count) objects; weights \
          \(code: weights), \(duration(result.seconds)).
          """)
      ])
    if let note = charts.note { document.introduction.append(.paragraph(note)) }
    DetectionReport(
      dataset, result.truth, result.detections, evaluation: evaluation, input: detector.inputFormat,
      warn: { Messages.warn($0) }
    ).add(to: &document, title: "What was reached", &charts)
    document.add("What the network sees", receptiveFields(&charts))
    document.add("Data", dataBlocks)
    document.add("Settings", [.table(settingsTable)])
    document.add("Environment", environment.blocks)
    try folder.write(document)
  }

  private func receptiveFields(_ charts: inout DrawnCharts) -> [Document.Block] {
    ReceptiveFieldSections(
      model: detector.settings.name, graph: detector.settings.pricedGraph(of: detector.graph),
      size: settings.size, dataset: dataset
    ).summary(&charts)
  }

  private var dataBlocks: [Document.Block] {
    var table = TextTable([
      ("split", .left), ("from", .left), ("pictures", .right), ("objects", .right),
    ])
    table.add([
      split, dataset.report.source, String(dataset.count),
      String(dataset.annotations.count),
    ])
    let lines =
      dataset.report.warnings
      + result.broken.map { "\($0.path): \($0.reason); its objects count as missed" }
    return [.table(table)] + (lines.isEmpty ? [] : [.list(lines.map { Prose($0) })])
  }

  private var settingsTable: TextTable {
    let detection = settings.detection
    var table = TextTable([("setting", .left), ("value", .left)])
    for (name, value) in [
      ("weights", weights), ("data", data), ("split", split),
      ("size", "\(settings.size)"), ("smallest score", "\(detection.minimumScore)"),
      ("IoU of suppression", "\(detection.iouThreshold)"),
      ("most detections", "\(detection.maxDetections)"),
      ("input follows pictures' shapes", detection.isRectangular ? "yes" : "no"),
      ("batch", "\(settings.batch)"),
    ] { table.add([name, value]) }
    return table
  }

  private var environment: RunEnvironment {
    RunEnvironment(
      version: RootCommand.configuration.version, threads: Engine.shared.threadCount,
      precision: precision.rawValue, began: began)
  }
}
