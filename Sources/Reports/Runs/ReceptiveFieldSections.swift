import Foundation
import ReceptiveFields

/// A network's receptive fields as parts of a report.
package struct ReceptiveFieldSections {
  private let report: ReceptiveFieldReport

  package init(_ report: ReceptiveFieldReport) { self.report = report }

  /// What was found, the chart, and the levels.
  package func summary() throws -> [Document.Block] {
    let chart = try ReceptiveFieldChart.picture(of: report).encoded(as: "png")
    let levels = report.levels.map { level in
      "\(level.name) from \(Int(level.objectRange.low)) to \(Int(level.objectRange.high))"
    }.joined(separator: ", ")
    let figure = Illustration(
      "receptive-field", .png, Data(chart),
      alternative: "Sizes of objects that suit each level, in pixels of the input: \(levels)")
    return [.paragraph(Prose(report.heading))] + report.objectSentence.map { .paragraph(Prose($0)) }
      + findings + [.illustrations([figure], columns: 1), .table(report.levelTable)]
      + report.legend.split(separator: "\n").map { .paragraph(Prose(String($0))) }
  }

  private var findings: [Document.Block] {
    let lines = report.findingLines
    return lines.isEmpty ? [] : [.heading("Findings"), .list(lines.map { Prose($0) })]
  }

  package var layers: [Document.Block] { [.table(report.layerTable)] }
}
