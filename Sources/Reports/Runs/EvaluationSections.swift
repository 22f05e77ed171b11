import Evaluation
import Foundation

/// What was reached on a split: figures, classes, curves and the confusion of classes.
package struct EvaluationSections {
  private let report: EvaluationReport

  /// - Parameter report: with curves and confusion, where those are wanted.
  package init(_ report: EvaluationReport) { self.report = report }

  /// More curves cannot be told apart.
  private static let mostCurves = 7
  /// More rows and columns cannot be read.
  private static let mostConfused = 20
  private static let openRows = 40

  /// So many beside each other fit a page.
  private static let figureColumns = 6
  private static let mostNames = 12

  /// The twelve figures, those of precision above those of recall.
  package var figures: [Document.Block] {
    let figures = report.metrics.figures
    return stride(from: 0, to: figures.count, by: Self.figureColumns).map { start in
      let row = figures[start..<min(start + Self.figureColumns, figures.count)]
      var table = TextTable(row.map { (heading: $0.name, alignment: .right) })
      table.add(row.map { share($0.value) })
      return .table(table)
    }
  }

  /// What was asked for beside figures, curves and confusion.
  package var more: [Document.Section] {
    [
      report.intervals.map {
        Document.Section("Intervals", IntervalText($0, report.metrics).blocks)
      },
      report.operatingPoints.map {
        Document.Section("Operating points", OperatingPointsText($0).blocks)
      },
      report.calibration.map { Document.Section("Calibration", CalibrationText($0).blocks) },
      report.errors.map { Document.Section("Errors by kind", ErrorText($0).blocks) },
    ].compactMap { $0 }
  }

  /// A row a class; with curves, its point of greatest F1 too.
  package var classes: [Document.Block] {
    let curves = report.curves
    var columns: [(heading: String, alignment: TextTable.Alignment)] = [
      ("class", .left), ("objects", .right), ("AP", .right), ("AP50", .right),
    ]
    if curves != nil {
      columns += [
        ("best F1", .right), ("at score", .right), ("precision", .right), ("recall", .right),
      ]
    }
    var table = TextTable(columns)
    func best(_ curve: DetectionCurve?) -> [String] {
      let point = curve?.best
      return [point?.f1, point?.score, point?.precision, point?.recall].map(share)
    }
    for (index, row) in report.metrics.perClass.enumerated() {
      table.add(
        [row.label, String(row.instances), share(row.ap), share(row.ap50)]
          + (curves.map { best($0.perClass[index]) } ?? []))
    }
    if let curves, report.metrics.perClass.count > 1 {
      table.add(
        [
          "all", String(curves.all.instances), share(report.metrics.ap), share(report.metrics.ap50),
        ] + best(curves.all))
    }
    return report.metrics.perClass.count > Self.openRows
      ? [.details(summary: "\(report.metrics.perClass.count) classes", [.table(table)])]
      : [.table(table)]
  }

  /// Precision over recall, and F1 over the score.
  package func curves(_ charts: inout DrawnCharts) -> [Document.Block] {
    guard let curves = report.curves, !curves.all.points.isEmpty else { return [] }
    let shown = Self.shown(curves)
    let overlap = String(format: "%g", curves.overlap)
    var recall = LineChart(
      "Precision over recall at IoU \(overlap)", horizontal: "recall", vertical: "precision",
      lines: shown.map { curve in
        LineChart.Line(
          curve.label, curve.points.map { ($0.recall, $0.precision) }, isWhole: curve == curves.all)
      }, xRange: 0...1, yRange: 0...1)
    let end = Self.end(shown.flatMap(\.points).map(\.score).max() ?? 1)
    var f1 = LineChart(
      "F1 over the score at IoU \(overlap)",
      horizontal: "score from which detections are kept"
        + (end < 1 ? " (to \(brief(end)): none is higher)" : ""), vertical: "F1",
      lines: shown.map { curve in
        LineChart.Line(
          curve.label, curve.points.map { ($0.score, $0.f1) }, isWhole: curve == curves.all)
      }, xRange: 0...end, yRange: 0...1)
    recall.marks = shown.compactMap { $0.best.map { ($0.recall, $0.precision) } }
    f1.marks = shown.compactMap { $0.best.map { ($0.score, $0.f1) } }
    let peaks = shown.map { curve in
      "\(curve.label) \(share(curve.best?.f1)) at score \(share(curve.best?.score))"
    }.joined(separator: ", ")
    let figures = [
      charts.figure(
        "precision-recall", recall, alternative: "Precision over recall; best F1: \(peaks)"),
      charts.figure("f1", f1, alternative: "F1 over the score; greatest: \(peaks)"),
    ].compactMap { $0 }
    guard !figures.isEmpty else { return [] }
    let classCount = curves.perClass.count { !$0.points.isEmpty }
    let chosen =
      classCount > Self.mostCurves
      ? " Of the \(classCount) classes with objects and detections the \(Self.mostCurves) with the "
        + "most objects are shown." : ""
    return [
      .illustrations(figures, columns: 2),
      .paragraph(
        """
        Circles mark the greatest F1 of each line; "all" ranks the detections of all classes \
        together.\(chosen)\(Self.withoutCurve(curves))
        """),
    ]
  }

  /// The least of 1, 0.5, 0.2, 0.1, … that holds every score.
  private static func end(_ highest: Double) -> Double {
    let steps = (0...12).flatMap { decade in
      [5, 2, 1].map { $0 * pow(10, -Double(decade) - 1) }
    }
    return steps.prefix { $0 >= highest }.last ?? 1
  }

  /// Which classes have no curve, and why.
  private static func withoutCurve(_ curves: DetectionCurves) -> String {
    func sentence(_ reason: String, _ labels: [String]) -> String {
      guard !labels.isEmpty else { return "" }
      let more = labels.count > mostNames ? " and \(labels.count - mostNames) more" : ""
      return " No curve, for want of \(reason): \(labels.prefix(mostNames).joined(separator: ", "))"
        + "\(more)."
    }
    let empty = curves.perClass.filter(\.points.isEmpty)
    return sentence("detections", empty.filter { $0.instances > 0 }.map(\.label))
      + sentence("objects", empty.filter { $0.instances == 0 }.map(\.label))
  }

  /// All classes together and those with the most objects, in their order.
  private static func shown(_ curves: DetectionCurves) -> [DetectionCurve] {
    let drawable = curves.perClass.indices.filter { !curves.perClass[$0].points.isEmpty }
    let chosen = drawable.sorted {
      (-curves.perClass[$0].instances, $0) < (-curves.perClass[$1].instances, $1)
    }.prefix(mostCurves).sorted().map { curves.perClass[$0] }
    return drawable.count == 1 ? chosen : [curves.all] + chosen
  }

  /// Which classes are taken for which.
  package func confusion(_ charts: inout DrawnCharts) -> [Document.Block] {
    guard let matrix = report.confusion else { return [] }
    let (labels, counts, isPart) = Self.mostConfused(matrix)
    let score = String(format: "%.2f", matrix.score)
    let overlap = String(format: "%g", matrix.overlap)
    let map = HeatMap(
      "Truth in rows, detections in columns", vertical: "there is", horizontal: "found as",
      labels: labels, counts: counts)
    let right = zip(matrix.labels.indices, matrix.labels).map { index, label in
      "\(label) \(matrix.counts[index][index]) of \(matrix.counts[index].reduce(0, +))"
    }.prefix(Self.mostConfused).joined(separator: ", ")
    guard
      let figure = charts.figure(
        "confusion", map, alternative: "Confusion matrix; objects found as what they are: \(right)")
    else { return [] }
    let part =
      isPart ? " Shown are the \(labels.count - 1) classes with the most errors." : ""
    return [
      .illustrations([figure], columns: 1),
      .paragraph(
        """
        At IoU \(overlap), detections of score \(score) and more: the score of greatest F1 over all \
        classes. The last column holds objects that were missed, the last row detections where \
        nothing is.\(part)
        """
      ),
    ]
  }

  /// The whole matrix, or the part of it with the most errors.
  private static func mostConfused(_ matrix: ConfusionMatrix) -> ([String], [[Int]], Bool) {
    let all = matrix.labels + ["background"]
    guard matrix.labels.count > mostConfused else { return (all, matrix.counts, false) }
    func errors(_ index: Int) -> Int {
      let row = matrix.counts[index].reduce(0, +)
      let column = matrix.counts.reduce(0) { $0 + $1[index] }
      return row + column - 2 * matrix.counts[index][index]
    }
    let chosen =
      matrix.labels.indices.sorted { (-errors($0), $0) < (-errors($1), $1) }
      .prefix(mostConfused).sorted() + [matrix.background]
    return (
      chosen.map { all[$0] }, chosen.map { row in chosen.map { matrix.counts[row][$0] } }, true
    )
  }
}
