import Evaluation
import Foundation

/// An evaluation for a terminal: COCO's figures and the classes first, then what was asked for.
package struct EvaluationText {
  private let report: EvaluationReport
  private let usual: CocoSettings
  private let showsClassesByArea: Bool

  /// - Parameter settings: the usual ones; parts where the report's are others get a table.
  package init(
    _ report: EvaluationReport, settings: CocoSettings, showsClassesByArea: Bool = false
  ) {
    self.report = report
    usual = settings
    self.showsClassesByArea = showsClassesByArea
  }

  package var text: String {
    let parts = report.breakdown
    var sections = [report.metrics.description + "\n"]
    if parts.overlaps.map(\.overlap) != usual.overlapThresholds { sections.append(overlaps) }
    if parts.limits.map(\.limit) != usual.detectionLimits { sections.append(limits) }
    if parts.areas.map(\.name) != usual.areaRanges.map(\.name) { sections.append(areas) }
    if showsClassesByArea { sections.append(classesByArea) }
    if let curves = report.curves { sections.append(best(curves)) }
    if let frequencies = report.frequencies { sections.append(groups(frequencies)) }
    if let voc = report.voc { sections.append(table(voc)) }
    if let confusion = report.confusion { sections.append(ConfusionText(confusion).text) }
    if let intervals = report.intervals {
      sections.append(IntervalText(intervals, report.metrics).text)
    }
    if let comparison = report.comparison { sections.append(ComparisonText(comparison).text) }
    if let points = report.operatingPoints { sections.append(OperatingPointsText(points).text) }
    if let calibration = report.calibration { sections.append(CalibrationText(calibration).text) }
    if let errors = report.errors { sections.append(ErrorText(errors).text) }
    return sections.joined(separator: "\n")
  }

  private var overlaps: String {
    var table = TextTable([("IoU", .left), ("AP", .right), ("AR", .right)])
    for row in report.breakdown.overlaps {
      table.add([String(format: "%g", row.overlap), shown(row.ap), shown(row.ar)])
    }
    return table.text
  }

  private var limits: String {
    var table = TextTable([("detections", .left), ("AR", .right)])
    for row in report.breakdown.limits { table.add([String(row.limit), shown(row.ar)]) }
    return table.text
  }

  private static let areaColumns: [(heading: String, alignment: TextTable.Alignment)] = [
    ("area", .left), ("px²", .left), ("instances", .right), ("AP", .right), ("AP50", .right),
    ("AR", .right),
  ]

  private var areas: String {
    var table = TextTable(Self.areaColumns)
    for row in report.breakdown.areas { table.add(cells(row)) }
    return table.text
  }

  private var classesByArea: String {
    var table = TextTable([("class", .left)] + Self.areaColumns)
    for line in report.breakdown.classes {
      for row in line.areas { table.add([line.label] + cells(row)) }
    }
    return table.text
  }

  private func cells(_ row: AreaMetrics) -> [String] {
    let bounds = String(format: "%g – %g", row.low, row.high)
    return [
      row.name, bounds, String(row.instances), shown(row.ap), shown(row.ap50), shown(row.ar),
    ]
  }

  private func best(_ curves: DetectionCurves) -> String {
    var table = TextTable([
      ("best F1", .left), ("F1", .right), ("score", .right), ("precision", .right),
      ("recall", .right),
    ])
    for curve in curves.perClass + [curves.all] {
      let point = curve.best
      table.add(
        [curve.label]
          + [point?.f1, point?.score, point?.precision, point?.recall].map { shown(Figure($0)) })
    }
    return table.text
  }

  private func groups(_ frequencies: FrequencyMetrics) -> String {
    var table = TextTable([
      ("frequency", .left), ("classes", .right), ("instances", .right), ("AP", .right),
      ("AP50", .right), ("AR", .right),
    ])
    for group in frequencies.groups {
      table.add([
        group.name, String(group.classes), String(group.instances), shown(group.ap),
        shown(group.ap50), shown(group.ar),
      ])
    }
    return table.text
      + "by training images: rare 1 – 10, common 11 – 100, frequent above; every class is judged on "
      + "every picture,\nsince there are no federated annotations\n"
  }

  private func table(_ voc: VocMetrics) -> String {
    var table = TextTable([
      ("VOC", .left), ("instances", .right), ("difficult", .right), ("AP 2007", .right),
      ("AP 2010", .right),
    ])
    for row in voc.perClass {
      table.add([
        row.label, String(row.instances), String(row.difficult), shown(row.elevenPoints),
        shown(row.allPoints),
      ])
    }
    table.add(["mean", "", "", shown(voc.elevenPoints), shown(voc.allPoints)])
    return table.text
  }
}

/// Three decimals; a dash for what is undefined.
private func shown(_ figure: Figure) -> String {
  figure.value.map { String(format: "%.3f", $0) } ?? "–"
}
