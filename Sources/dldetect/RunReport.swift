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
    let pictures: [DrawnPair]
    do { pictures = try writePictures() } catch {
      Messages.warn("the report has no pictures: \(Failure(error).line ?? "\(error)")")
      pictures = []
    }
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
        "The best weights are those of epoch \($0.epoch + 1), with AP \(number($0.metrics.ap)) on "
          + "the validation split."
      } ?? "Without a validation split the best weights are the last ones."
    return """
      # \(setup.model.settings.name) on \(values.data)

      \(state.epoch) epochs, \(state.step) steps, batches of \(values.batchSize), size \
      \(values.size), seed \(values.seed). \(best)

      Weights: [best](weights/best.safetensors), [last](weights/last.safetensors). Every epoch's \
      figures: [metrics.csv](metrics.csv); times: [times.csv](times.csv).\(firstBatch)

      """
  }

  /// The picture may be missing where it could not be written.
  private var firstBatch: String {
    FileManager.default.fileExists(atPath: trainer.folder.firstBatch)
      ? " The first batch as the network got it, or \(ContactSheet.mostOfBatch) pictures of it: "
        + "[first-batch.png](first-batch.png)."
      : ""
  }

  /// About a dozen epochs of metrics.csv, those that were validated where any were, and always the
  /// last and the best.
  private var epochs: String {
    let wanted = [
      "epoch", "learning_rate", "train_loss", "gradient_norm", "val_loss", "AP", "AP50",
    ]
    guard let text = try? String(contentsOfFile: trainer.folder.metricsFile, encoding: .utf8) else {
      Messages.warn("\(trainer.folder.metricsFile) cannot be read; the report lacks its epochs")
      return ""
    }
    var rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard !rows.isEmpty else { return "" }
    let names = rows.removeFirst()
    let columns = wanted.compactMap(names.firstIndex)
    var table = TextTable(
      columns.map { (heading: names[$0].replacing("_", with: " "), alignment: .right) })
    let best = trainer.state.best.map { String($0.epoch + 1) }
    if best != nil, let loss = names.firstIndex(of: "val_loss") {
      rows = rows.filter { !$0[loss].isEmpty }
    }
    let step = (rows.count + Self.epochRows - 1) / Self.epochRows
    for (index, row) in rows.enumerated()
    where (rows.count - 1 - index).isMultiple(of: step) || row[0] == best {
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
    var table = TextTable([
      ("split", .left), ("from", .left), ("pictures", .right), ("objects", .right),
    ])
    var lines = setup.notes
    let splits = [("train", setup.training)] + (setup.validation.map { [("val", $0)] } ?? [])
    for (name, dataset) in splits {
      table.add([
        name, dataset.report.source, String(dataset.count), String(dataset.annotations.count),
      ])
      // Parts of one split have one report.
      lines += dataset.report.warnings.filter { !lines.contains($0) }
    }
    let warnings = lines.map { "- \($0)\n" }.joined()
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

  /// File names of a picture as it is annotated and as it was found.
  private struct DrawnPair {
    var source: String
    var truth: String
    var found: String
  }

  private func pictureTable(_ pairs: [DrawnPair]) -> String {
    guard !pairs.isEmpty else { return "" }
    var table = TextTable([("picture", .left), ("there is", .left), ("found", .left)])
    for pair in pairs {
      table.add([pair.source] + [pair.truth, pair.found].map { "![](pictures/\($0))" })
    }
    return "## Pictures of the validation split\n\n" + table.markdown
  }

  /// Pictures spread over the split.
  private func writePictures() throws -> [DrawnPair] {
    guard let dataset = setup.validation else { return [] }
    let folder = trainer.folder.pictures
    try? FileManager.default.removeItem(atPath: folder)
    let detector = try WeightsChoice.detector(trainer.folder.path)
    var output = try DrawnPictures(path: folder, input: detector.inputFormat)
    var pairs: [DrawnPair] = []
    let count = min(Self.pictureCount, dataset.count)
    for index in (0..<count).map({ $0 * dataset.count / count }) {
      let sample = dataset.samples[index]
      let pictures: [Picture]
      do {
        pictures = try (0..<2).map { _ in
          try Picture.read(path: sample.path, input: detector.inputFormat)
        }
      } catch {
        Messages.warn("not in the report: \(Failure(error).line ?? "\(error)")")
        continue
      }
      guard pictures[0].originalWidth == sample.width, pictures[0].originalHeight == sample.height
      else {
        Messages.warn("not in the report: \(sample.path) is not of the size its annotations say")
        continue
      }
      let marks = dataset.annotations(of: index).map { annotation in
        let label = Int(annotation.classIndex)
        return DrawnPictures.Mark(
          box: annotation.box, label: label, text: dataset.classNames[label])
      }
      let found = try detector.detect(in: pictures[1]).detections
      let number = pairs.count + 1
      let pair = DrawnPair(
        source: (sample.path as NSString).lastPathComponent, truth: "\(number)-truth.jpg",
        found: "\(number)-found.jpg")
      try output.write(pictures[0], marks, path: pair.truth)
      try output.write(pictures[1], found, detector.names, path: pair.found)
      pairs.append(pair)
    }
    return pairs
  }

  private func number(_ value: Double?) -> String {
    value.map { String(format: "%.4f", $0) } ?? "–"
  }
}
