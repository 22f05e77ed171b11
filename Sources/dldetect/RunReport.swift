import Datasets
import Detectors
import Execution
import Foundation
import Reports
import Training

/// The report of a finished training: what it reached and how, on what, with which settings, where the
/// best weights fail, and what the network can see.
struct RunReport {
  private let trainer: Trainer
  private static let epochRows = 12

  init(_ trainer: Trainer) { self.trainer = trainer }

  private var parts: Trainer.Parts { trainer.parts }

  /// Writes report.html and report.md. A part that cannot be made is said and left out.
  func write() throws {
    var charts = DrawnCharts { Messages.warn($0) }
    var document = Document(
      title: "\(parts.model.settings.name) on \((values.data as NSString).lastPathComponent)",
      introduction: introduction)
    if let note = charts.note { document.introduction.append(.paragraph(note)) }
    addResults(to: &document, &charts)
    document.add("Course of the training", course(&charts))
    document.add("What the network sees", receptiveFields(&charts))
    document.add("Data", data)
    document.add("Settings", settings)
    document.add("Environment", environment.blocks)
    try ReportFolder(of: trainer.folder).write(document)
  }

  private var values: TrainingSettings { trainer.state.settings.values }

  private var introduction: [Document.Block] {
    let state = trainer.state
    let best =
      state.best.map {
        "The best weights are those of epoch \($0.epoch + 1), with AP "
          + "\($0.metrics.ap.map { String(format: "%.4f", $0) } ?? "–") on the validation split."
      } ?? "Without a validation split the best weights are the last ones."
    let blocks: [Document.Block] = [
      .paragraph(
        """
        \(state.epoch) epochs, \(state.step) steps, batches of \(values.batchSize), size \
        \(values.size), seed \(values.seed). \(best)
        """),
      .paragraph(
        """
        Weights: \(link: "best", to: "weights/best.safetensors"), \
        \(link: "last", to: "weights/last.safetensors"). Every epoch's figures: \
        \(link: "metrics.csv", to: "metrics.csv"); times: \(link: "times.csv", to: "times.csv"). \
        Links lead to files of the run's folder, \(code: trainer.folder.path): they break where the \
        report is sent on without it.
        """),
    ]
    return blocks + firstBatch
  }

  /// The picture may be missing where it could not be written.
  private var firstBatch: [Document.Block] {
    guard FileManager.default.fileExists(atPath: trainer.folder.firstBatch) else { return [] }
    var blocks: [Document.Block] = []
    ReportFolder.attempt("the first batch") {
      let figure = try Illustration(
        "first-batch", reducing: trainer.folder.firstBatch, largestSide: Self.batchSide,
        alternative: "Pictures of the first batch with their boxes",
        caption: """
          The first batch as the network got it, or \(ContactSheet.mostOfBatch) pictures of it; in \
          full size: \(link: "first-batch.png", to: "first-batch.png").
          """)
      blocks = [.illustrations([figure], columns: 1)]
    }
    return blocks
  }

  /// Pixels.
  private static let batchSide = 960

  private func addResults(to document: inout Document, _ charts: inout DrawnCharts) {
    guard let dataset = parts.validation else { return }
    ReportFolder.attempt("what the best weights find") {
      let progress = ProgressLine()
      defer { progress.clear() }
      let count = trainer.validationBatches
      let result = try trainer.validateBest { done in
        if Interruption.isRequested { throw TrainingError.interrupted(run: trainer.folder.path) }
        progress.show(Double(done) / Double(count)) { "report: batch \(done)/\(count)" }
      }
      guard let result else { return }
      let report = DetectionReport(
        dataset, result.truth, result.detections, input: trainer.inputFormat,
        warn: { Messages.warn($0) })
      report.add(to: &document, title: "Best weights on the validation split", &charts)
    }
  }

  private func course(_ charts: inout DrawnCharts) -> [Document.Block] {
    var blocks: [Document.Block] = []
    ReportFolder.attempt("its epochs") {
      let history = try MetricsHistory(trainer.folder)
      let figures = TrainingCurves(history).charts.compactMap {
        charts.figure($0.name, $0.chart, alternative: $0.alternative)
      }
      if !figures.isEmpty { blocks.append(.illustrations(figures, columns: 2)) }
      blocks.append(.table(epochTable(history)))
    }
    return blocks
  }

  /// About a dozen epochs, of those that were validated where any were, and always the last and the
  /// best.
  private func epochTable(_ history: MetricsHistory) -> TextTable {
    let wanted = [
      "epoch", "learning_rate", "train_loss", "gradient_norm", "val_loss", "AP", "AP50",
    ]
    let columns = wanted.compactMap(history.names.firstIndex)
    var table = TextTable(
      columns.map { (heading: history.names[$0].replacing("_", with: " "), alignment: .right) })
    let best = trainer.state.best.map { String($0.epoch + 1) }
    var rows = history.rows
    if best != nil, let loss = history.names.firstIndex(of: "val_loss") {
      rows = rows.filter { !$0[loss].isEmpty }
    }
    let step = max(1, (rows.count + Self.epochRows - 1) / Self.epochRows)
    for (index, row) in rows.enumerated()
    where (rows.count - 1 - index).isMultiple(of: step) || row[0] == best {
      table.add(columns.map { row[$0] })
    }
    return table
  }

  private func receptiveFields(_ charts: inout DrawnCharts) -> [Document.Block] {
    ReceptiveFieldSections(
      model: parts.model.settings.name,
      graph: parts.model.settings.pricedGraph(of: parts.model.graph),
      size: values.size, dataset: parts.training
    ).summary(&charts)
  }

  private var data: [Document.Block] {
    var table = TextTable([
      ("split", .left), ("from", .left), ("pictures", .right), ("objects", .right),
    ])
    var lines = parts.notes
    let splits = [("train", parts.training)] + (parts.validation.map { [("val", $0)] } ?? [])
    for (name, dataset) in splits {
      table.add([
        name, dataset.report.source, String(dataset.count), String(dataset.annotations.count),
      ])
      // Parts of one split have one report.
      lines += dataset.report.warnings.filter { !lines.contains($0) }
    }
    return [.table(table)] + (lines.isEmpty ? [] : [.list(lines.map { Prose($0) })]) + lost
  }

  /// What became of the objects of the last epoch, as metrics.csv has it.
  private var lost: [Document.Block] {
    guard let history = try? MetricsHistory(trainer.folder), let last = history.rows.last else {
      return []
    }
    var table = TextTable([("in epoch \(last[0])", .left), ("objects", .right)])
    for (column, meaning) in [
      ("too_small_targets", "no targets, too little of them being on the input"),
      ("hidden_targets", "no targets, too little of them being visible under what is hidden"),
      ("unmatched_targets", "targets that were assigned no prediction"),
      ("pasted_copies", "copies of small objects that were pasted"),
      ("unplaced_copies", "copies that found no place"),
    ] {
      guard let index = history.names.firstIndex(of: column) else { continue }
      table.add([meaning, last[index]])
    }
    return [.heading("Objects in training"), .table(table)]
  }

  private var settings: [Document.Block] {
    let resolved = trainer.state.settings
    func table(_ settings: [Setting]) -> TextTable {
      var table = TextTable([("setting", .left), ("value", .left), ("from", .left)])
      for setting in settings {
        table.add([
          setting.name, setting.read(values), resolved.source(of: setting.name).description,
        ])
      }
      return table
    }
    let own = Setting.all.filter { resolved.source(of: $0.name) != .standard }
    return [
      .paragraph("Other than the defaults:"), .table(table(own)),
      .details(summary: "All settings", [.table(table(Setting.all))]),
      .paragraph("As a recipe: \(link: "settings.yaml", to: "settings.yaml")."),
    ]
  }

  private var environment: RunEnvironment {
    let attributes = try? FileManager.default.attributesOfItem(atPath: trainer.folder.settingsFile)
    return RunEnvironment(
      version: RootCommand.configuration.version, threads: values.threads,
      precision: "trained in \(values.precision.rawValue), validated in f32",
      began: attributes?[.modificationDate] as? Date)
  }
}
