import Datasets
import Foundation
import Networks
import ReceptiveFields

/// A network's receptive fields as parts of a report.
package struct ReceptiveFieldSections {
  private let report: ReceptiveFieldReport

  package init(_ report: ReceptiveFieldReport) { self.report = report }

  /// Of a network against a data set's objects, at one size of its input.
  package init(model: String, graph: Graph, size: Extent, dataset: Dataset) {
    let picture = graph.pictureShape(size)
    self.init(
      ReceptiveFieldReport(
        model: model, analysis: FieldAnalysis(graph, inputs: [picture]),
        rule: ObjectSizeRule(), objects: LetterboxedObjects(dataset, in: picture).sizes))
  }

  /// The report of `rf`.
  ///
  /// - Parameter heatMaps: of measured fields.
  package func document(
    _ environment: RunEnvironment, _ charts: inout DrawnCharts, heatMaps: [Illustration] = []
  ) -> Document {
    var document = Document(
      title: "Receptive fields of \(report.model)", introduction: introduction)
    if let note = charts.note { document.introduction.append(.paragraph(note)) }
    document.add("Findings", findings)
    document.add("Levels", levels(&charts))
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

  /// One a line.
  private static func paragraphs(_ text: String) -> [Document.Block] {
    text.split(separator: "\n").map { .paragraph(Prose(String($0))) }
  }
}
