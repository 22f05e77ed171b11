import Datasets
import Explanations
import Foundation
import Networks
import ReceptiveFields

/// A network's receptive fields as parts of a report.
package struct ReceptiveFieldSections {
  private let report: ReceptiveFieldReport

  package init(_ report: ReceptiveFieldReport) { self.report = report }

  /// Of a network against a data set's objects, at one size of its input.
  package init(model: String, graph: PricedGraph, size: Extent, dataset: Dataset) {
    self.init(
      ReceptiveFieldReport(
        model: model, graph: graph, size: size,
        objects: dataset.objects.counted.sizes(on: size), classNames: dataset.classNames))
  }

  /// The report of `rf`.
  ///
  /// - Parameters:
  ///   - audit: what training's assigner makes of the same objects; nil: nothing is said of it.
  ///   - heatMaps: of measured fields.
  package func document(
    _ environment: RunEnvironment, _ charts: inout DrawnCharts, audit: AssignerAudit? = nil,
    heatMaps: [Illustration] = []
  ) -> Document {
    var document = Document(
      title: "Receptive fields of \(report.model)", introduction: introduction)
    if let note = charts.note { document.introduction.append(.paragraph(note)) }
    document.add("Findings", findings)
    document.add("Levels", levels(&charts))
    for section in report.dataSections { document.add(section.title, Self.blocks(section)) }
    if let audit { document.add("What training's assigner gives each object", audit.blocks) }
    document.add("Effective fields", effective(heatMaps))
    document.add("Alignment", alignment)
    document.add("Layers", [.table(report.layerTable)])
    document.add("Environment", environment.blocks)
    return document
  }

  /// What a report of something else says of the network.
  package func summary(_ charts: inout DrawnCharts) -> [Document.Block] {
    introduction + (findings.isEmpty ? [] : [.heading("Findings")] + findings) + levels(&charts)
  }

  private var introduction: [Document.Block] {
    ([report.heading] + report.objectSentence).map { .paragraph(Prose($0)) }
  }

  private var findings: [Document.Block] {
    let lines = report.findingLines
    return lines.isEmpty ? [] : [.list(lines.map { Prose($0) })]
  }

  private func levels(_ charts: inout DrawnCharts) -> [Document.Block] {
    let plot = ReceptiveFieldPlot(report)
    let chart = charts.figure("receptive-field", plot, alternative: plot.alternative)
    return (chart.map { [.illustrations([$0], columns: 1)] } ?? []) + [.table(report.levelTable)]
      + Self.paragraphs(report.legend)
  }

  private func effective(_ heatMaps: [Illustration]) -> [Document.Block] {
    guard let measurement = report.effective else { return [] }
    return Self.paragraphs(report.heading(measurement))
      + (heatMaps.isEmpty ? [] : [.illustrations(heatMaps, columns: 2)])
      + [.table(report.effectiveTable)] + Self.paragraphs(report.effectiveLegend)
      + Self.paragraphs(report.effectiveSentence(measurement))
  }

  private var alignment: [Document.Block] {
    [.table(report.alignmentTable)] + (report.hasStridedLayers ? [.table(report.stridedTable)] : [])
      + Self.paragraphs(report.alignmentLegend)
  }

  private static func blocks(_ section: ReceptiveFieldReport.DataSection) -> [Document.Block] {
    let table: [Document.Block] = section.table.map { [.table($0)] } ?? []
    return table + section.lines.map { Document.Block.paragraph(Prose($0)) }
  }

  /// One a line.
  private static func paragraphs(_ text: String) -> [Document.Block] {
    text.split(separator: "\n").map { .paragraph(Prose(String($0))) }
  }
}
