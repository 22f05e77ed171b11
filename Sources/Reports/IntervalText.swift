import Evaluation
import Foundation

/// Intervals of figures for a terminal.
package struct IntervalText {
  private let intervals: BootstrapIntervals
  private let metrics: CocoMetrics

  package init(_ intervals: BootstrapIntervals, _ metrics: CocoMetrics) {
    self.intervals = intervals
    self.metrics = metrics
  }

  package var text: String { table.text + notes.map { $0 + "\n" }.joined() }

  /// The same in a report.
  package var blocks: [Document.Block] {
    [.table(table)] + notes.map(sentence)
  }

  private var notes: [String] {
    [
      "from \(intervals.samples) sets of \(intervals.images) pictures drawn with replacement, "
        + "seed \(intervals.seed)"
    ] + undefinedLine(intervals.ap, of: intervals.samples)
  }

  private var table: TextTable {
    var table = TextTable([
      ("figure", .left), ("value", .right), ("95 % interval", .right), ("std. error", .right),
    ])
    let rows = [
      ("AP", metrics.ap, intervals.ap), ("AP50", metrics.ap50, intervals.ap50),
      ("AP75", metrics.ap75, intervals.ap75),
    ]
    for (name, value, interval) in rows {
      table.add([
        name, shown(Figure(value)), "\(shown(interval.low)) – \(shown(interval.high))",
        shown(interval.standardError),
      ])
    }
    return table
  }
}

/// A comparison of two runs for a terminal.
package struct ComparisonText {
  private let comparison: PairedComparison

  package init(_ comparison: PairedComparison) {
    self.comparison = comparison
  }

  package var text: String {
    var table = TextTable([
      ("figure", .left), ("detections", .right), ("against", .right), ("difference", .right),
      ("95 % interval", .right), ("p", .right),
    ])
    let rows = [
      ("AP", comparison.ap), ("AP50", comparison.ap50), ("AP75", comparison.ap75),
    ]
    for (name, row) in rows {
      table.add([
        name, shown(row.first), shown(row.second), signed(row.difference),
        "\(signed(row.interval.low)) to \(signed(row.interval.high))",
        row.pValue.value.map { String(format: "%.4f", $0) } ?? "–",
      ])
    }
    return table.text
      + "interval: \(comparison.samples) sets of \(comparison.images) pictures drawn with "
      + "replacement;\np, two-sided: \(comparison.samples) sets with the runs swapped at random in "
      + "each picture; seed \(comparison.seed)\n"
      + undefinedLine(comparison.ap.interval, of: comparison.samples).map { $0 + "\n" }.joined()
  }
}

/// None where every set is defined.
private func undefinedLine(_ interval: Interval, of samples: Int) -> [String] {
  interval.undefined == 0
    ? [] : ["\(interval.undefined) of \(samples) sets hold no object and are left out"]
}

/// Three decimals; a dash for what is undefined.
private func shown(_ figure: Figure) -> String {
  figure.value.map { String(format: "%.3f", $0) } ?? "–"
}

private func signed(_ figure: Figure) -> String {
  figure.value.map { String(format: "%+.3f", $0) } ?? "–"
}
