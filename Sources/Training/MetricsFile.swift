import Evaluation
import Foundation

/// metrics.csv of a run: a line for each epoch. Everything in it repeats with the run; times are in
/// times.csv.
package struct MetricsFile {
  package let path: String

  package init(_ path: String) { self.path = path }

  package struct Row {
    package var epoch: Int
    package var steps: Int
    package var learningRate: Double
    package var sums: EpochSums
    package var pictures: Int
    package var validation: ValidationResult?
  }

  /// Cuts off what was written after `bytes`, then appends; a header first where nothing is left.
  ///
  /// - Returns: the file's new length.
  package func append(_ row: Row, after bytes: Int) throws -> Int {
    var data = bytes == 0 ? Data() : try DurableFiles.read(path).prefix(bytes)
    if bytes == 0 { data.append(contentsOf: header(row).utf8) }
    data.append(contentsOf: line(row).utf8)
    try DurableFiles.replace(path, with: data)
    return data.count
  }

  /// Takes back rows that a resumed run will write again.
  package func truncate(to bytes: Int) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let data = try DurableFiles.read(path)
    if data.count > bytes { try DurableFiles.replace(path, with: data.prefix(bytes)) }
  }

  private func header(_ row: Row) -> String {
    let names = row.sums.names.map { "train_" + $0.replacing(" ", with: "_") }
    let columns =
      ["epoch", "steps", "learning_rate", "train_loss"] + names
      + [
        "positives_per_picture", "unmatched_targets", "too_small_targets", "hidden_targets",
        "gradient_norm", "pasted_copies", "unplaced_copies", "val_loss",
      ]
      + ValidationResult.figureNames
    return columns.joined(separator: ",") + "\n"
  }

  private func line(_ row: Row) -> String {
    let positives = Double(row.sums.positives) / Double(max(1, row.pictures))
    var columns = [String(row.epoch), String(row.steps), text(row.learningRate)]
    columns += ([row.sums.loss] + row.sums.means + [positives]).map(text)
    columns += [
      String(row.sums.unmatchedTargets), String(row.sums.tooSmallTargets),
      String(row.sums.hiddenTargets ?? 0),
      text(row.sums.meanGradientNorm), String(row.sums.copies?.pasted ?? 0),
      String(row.sums.copies?.unplaced ?? 0),
    ]
    columns.append(row.validation?.loss.map(text) ?? "")
    let figures: [Double?] =
      row.validation?.metrics.figures.map(\.value)
      ?? Array(repeating: nil, count: ValidationResult.figureNames.count)
    columns += figures.map { $0.map(text) ?? "" }
    return columns.joined(separator: ",") + "\n"
  }

  /// Six significant digits.
  private func text(_ value: Double) -> String { String(format: "%.6g", value) }
}

extension ValidationResult {
  static let figureNames = CocoMetrics.CodingKeys.allCases.map(\.rawValue)
    .filter { $0.hasPrefix("A") }
}
