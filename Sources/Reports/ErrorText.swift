import Evaluation
import Foundation

/// An error breakdown for a terminal: what each kind costs over all classes, then class by class.
package struct ErrorText {
  private let errors: ErrorBreakdown

  package init(_ errors: ErrorBreakdown) {
    self.errors = errors
  }

  package var text: String {
    title + "\n" + all.text + note + "\n\n" + classes.text
  }

  /// The same in a report.
  package var blocks: [Document.Block] {
    [sentence(title), .table(all), sentence(note), .table(classes)]
  }

  private var title: String {
    String(
      format: "errors at IoU %g, background up to %g; what mending each kind alone would add to AP",
      errors.foreground, errors.background)
  }

  private var note: String {
    "AP here: \(shown(errors.all.ap)), a class with detections but no object counting as 0"
  }

  private var all: TextTable {
    let hasIgnored = ErrorKind.allCases.contains { errors.all[$0].ignored > 0 }
    var columns: [(heading: String, alignment: TextTable.Alignment)] = [
      ("error", .left), ("count", .right), ("dAP", .right),
    ]
    if hasIgnored { columns.insert(("on crowds", .right), at: 2) }
    var table = TextTable(columns)
    func add(_ name: String, _ cost: ErrorCost) {
      let ignored = hasIgnored ? [cost.ignored > 0 ? String(cost.ignored) : ""] : []
      table.add([name, String(cost.count)] + ignored + [shown(cost.cost)])
    }
    for kind in ErrorKind.allCases { add(kind.name, errors.all[kind]) }
    add("false positives", errors.all.falsePositives)
    add("false negatives", errors.all.falseNegatives)
    return table
  }

  private var classes: TextTable {
    var table = TextTable(
      [("dAP", .left), ("AP", .right)]
        + ErrorKind.allCases.map { (heading: $0.name, alignment: .right) }
        + [("false pos.", .right), ("false neg.", .right)])
    for row in errors.perClass {
      let costs = ErrorKind.allCases.map { row[$0] } + [row.falsePositives, row.falseNegatives]
      table.add([row.label, shown(row.ap)] + costs.map { shown($0.cost) })
    }
    return table
  }
}

/// Three decimals; a dash for what is undefined.
private func shown(_ figure: Figure) -> String {
  figure.value.map { String(format: "%.3f", $0) } ?? "–"
}
