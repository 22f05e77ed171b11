import Boxes
import Datasets
import Detectors
import Evaluation
import Foundation
import Images
import Reports
import Training

/// report.md of a finished run: what it reached, on what, with which settings; and pictures of what
/// its best weights find beside what is there.
struct RunReport {
  private let trainer: Trainer
  private let setup: TrainingSetup
  private static let pictureCount = 4
  private static let epochRows = 12

  init(_ trainer: Trainer, _ setup: TrainingSetup) {
    self.trainer = trainer
    self.setup = setup
  }

  func write() throws {
    let pictures = try writePictures()
    let sections = [
      heading, epochs, figures, classes, pictureTable(pictures), data, settings,
    ]
    try DurableFiles.replace(
      trainer.folder.reportFile, with: Data(sections.joined(separator: "\n").utf8))
  }

  private var values: TrainingSettings { trainer.state.settings.values }

  private var heading: String {
    let state = trainer.state
    let best =
      state.best.map {
        "The best weights are those of epoch \($0.epoch + 1), with AP \(number($0.score)) on the "
          + "validation split."
      } ?? "Without a validation split the best weights are the last ones."
    return """
      # \(setup.model.settings.name) on \(values.data)

      \(state.epoch) epochs, \(state.step) steps of \(values.batch * values.accumulation) pictures \
      at \(values.size.height)×\(values.size.width), seed \(values.seed). \(best)

      Weights: [best](weights/best.safetensors), [last](weights/last.safetensors). Every epoch's \
      figures: [metrics.csv](metrics.csv); times: [times.csv](times.csv).

      """
  }

  /// At most a dozen rows of metrics.csv, the last among them.
  private var epochs: String {
    let wanted = ["epoch", "learning_rate", "train_loss", "gradient_norm", "val_loss", "AP", "AP50"]
    guard let text = try? String(contentsOfFile: trainer.folder.metricsFile, encoding: .utf8)
    else { return "" }
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let names = rows.first else { return "" }
    let columns = wanted.compactMap(names.firstIndex)
    var table = TextTable(
      columns.map { (heading: names[$0].replacing("_", with: " "), alignment: .right) })
    let step = max(1, (rows.count - 1 + Self.epochRows - 1) / Self.epochRows)
    for (index, row) in rows.enumerated().dropFirst()
    where (rows.count - 1 - index).isMultiple(of: step) {
      table.add(columns.map { row[$0] })
    }
    return "## Epochs\n\n" + table.markdown
  }

  private var figures: String {
    guard let metrics = trainer.state.best?.metrics else { return "" }
    var table = TextTable(metrics.figures.map { (heading: $0.name, alignment: .right) })
    table.add(metrics.figures.map { number($0.value) })
    return "## Best weights on the validation split\n\n" + table.markdown
  }

  private var classes: String {
    guard let metrics = trainer.state.best?.metrics else { return "" }
    var table = TextTable([
      ("class", .left), ("AP", .right), ("AP50", .right), ("objects", .right),
    ])
    for row in metrics.perClass {
      table.add([row.label, number(row.ap), number(row.ap50), String(row.instances)])
    }
    return table.markdown
  }

  private var data: String {
    let reports = [setup.training.report] + (setup.validation.map { [$0.report] } ?? [])
    var table = TextTable([("split", .left), ("pictures", .right), ("objects", .right)])
    for report in reports {
      table.add([report.source, String(report.pictureCount), String(report.keptBoxCount)])
    }
    let warnings = reports.flatMap(\.warnings).map { "- \($0)\n" }.joined()
    return "## Data\n\n" + table.markdown + (warnings.isEmpty ? "" : "\n" + warnings)
  }

  private var settings: String {
    let resolved = trainer.state.settings
    var table = TextTable([("setting", .left), ("value", .left), ("from", .left)])
    for setting in Setting.all where resolved.source(of: setting.name) != .standard {
      table.add([
        setting.name, setting.read(values), resolved.source(of: setting.name).description,
      ])
    }
    return "## Settings other than the defaults\n\n" + table.markdown
      + "\nAll of them: [settings.yaml](settings.yaml).\n"
  }

  private func pictureTable(_ names: [String]) -> String {
    guard !names.isEmpty else { return "" }
    var table = TextTable([("there is", .left), ("found", .left)])
    for name in names { table.add(["![](pictures/\(name)-truth.jpg)", "![](pictures/\(name).jpg)"]) }
    return "## Pictures of the validation split\n\n" + table.markdown
  }

  /// Names of pictures spread over the split, each written as it is annotated and as it was found.
  private func writePictures() throws -> [String] {
    guard let dataset = setup.validation else { return [] }
    let folder = trainer.folder.pictures
    try? FileManager.default.removeItem(atPath: folder)
    let detector = try WeightsChoice.detector(trainer.folder.path)
    var output = DrawnPictures(path: folder)
    var names: [String] = []
    let count = min(Self.pictureCount, dataset.count)
    for index in (0..<count).map({ $0 * dataset.count / count }) {
      let path = dataset.samples[index].path
      // Those that cannot be read were named by the validation.
      guard let picture = try? Picture.read(path: path),
        let copy = try? Picture.read(path: path)
      else { continue }
      let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
      let name = "\(names.count + 1)-\(stem)"
      let marks = dataset.annotations(of: index).map { annotation in
        let label = Int(annotation.classIndex)
        return DrawnPictures.Mark(
          box: annotation.box, label: label, text: dataset.classNames[label])
      }
      let found = try detector.detect(in: picture).detections
      try output.write(copy, marks, path: name + "-truth.jpg")
      try output.write(picture, found, detector.names, path: name + ".jpg")
      names.append(name)
    }
    return names
  }

  private func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
}
