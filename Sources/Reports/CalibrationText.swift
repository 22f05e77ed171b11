import Evaluation
import Foundation

/// A calibration for a terminal: the reliability of all detections, then a line for each class.
package struct CalibrationText {
  private let calibration: Calibration

  package init(_ calibration: Calibration) {
    self.calibration = calibration
  }

  package var text: String { title + "\n" + bins.text + "\n" + classes.text }

  /// The same in a report.
  package var blocks: [Document.Block] {
    [sentence(title), .table(bins), .table(classes)]
  }

  private var title: String {
    String(
      format: "calibration at IoU %g, %d detections; gap: mean score less precision",
      calibration.overlap, calibration.all.detections)
  }

  private var bins: TextTable {
    var table = TextTable([
      ("scores", .left), ("detections", .right), ("mean score", .right), ("precision", .right),
      ("gap", .right),
    ])
    for bin in calibration.all.bins {
      table.add([
        String(format: "%.3f – %.3f", bin.low, bin.high), String(bin.detections),
        shown(bin.score.value), shown(bin.precision.value),
        bin.gap.map { String(format: "%+.3f", $0) } ?? "–",
      ])
    }
    return table
  }

  private var classes: TextTable {
    var table = TextTable([
      ("calibration", .left), ("detections", .right), ("ECE", .right), ("MCE", .right),
    ])
    for row in calibration.perClass + [calibration.all] {
      table.add([
        row.label, String(row.detections), shown(row.expectedError.value),
        shown(row.greatestError.value),
      ])
    }
    return table
  }
}

/// Three decimals; a dash for what is undefined.
private func shown(_ value: Double?) -> String {
  value.map { String(format: "%.3f", $0) } ?? "–"
}
