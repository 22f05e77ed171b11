import Evaluation
import Foundation

/// Operating points for a terminal: a line for each target and class.
package struct OperatingPointsText {
  private let points: OperatingPoints

  package init(_ points: OperatingPoints) {
    self.points = points
  }

  package var text: String { title + "\n" + table.text }

  /// The same in a report.
  package var blocks: [Document.Block] { [sentence(title), .table(table)] }

  private var title: String {
    String(format: "scores to keep detections from, at IoU %g", points.overlap)
  }

  private var table: TextTable {
    var table = TextTable([
      ("wanted", .left), ("class", .left), ("score", .right), ("precision", .right),
      ("recall", .right), ("F1", .right), ("false pos. a picture", .right),
    ])
    for row in points.targets {
      let wanted =
        "\(row.name) \(row.name == "fppi" ? "≤" : "≥") \(String(format: "%g", row.value))"
      for point in row.perClass + [row.all] { table.add([wanted] + cells(point)) }
    }
    return table
  }

  private func cells(_ point: OperatingPoint) -> [String] {
    guard let score = point.score.value else {
      let reason = point.instances > 0 ? "not reached" : "no objects"
      return [point.label, reason, "–", "–", "–", "–"]
    }
    // Rounded down, so that the score, given to a detector, keeps no fewer detections.
    return [point.label, String(format: "%g", (score * 1e6).rounded(.down) / 1e6)]
      + [point.precision, point.recall, point.f1, point.falsePositivesPerImage].map {
        $0.value.map { String(format: "%.3f", $0) } ?? "–"
      }
  }
}
