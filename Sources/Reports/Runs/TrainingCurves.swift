import Training

/// The charts of a training's course, from its metrics.csv.
package struct TrainingCurves {
  private let history: MetricsHistory

  package init(_ history: MetricsHistory) { self.history = history }

  /// Losses, average precision, learning rate and gradient norm: those that there is anything of.
  package var charts: [(name: String, chart: LineChart, alternative: String)] {
    let terms = history.names.filter {
      $0.hasPrefix("train_") && $0 != "train_loss"
    }
    let losses =
      [("training", "train_loss"), ("validation", "val_loss")]
      + terms.map { (Self.plain($0.dropFirst("train_".count)), $0) }
    return [
      chart("losses", "Losses", "mean of the epoch", losses, whole: "train_loss"),
      chart(
        "average-precision", "Validation", "average precision",
        ["AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge"].map { ($0, $0) }, whole: "AP",
        range: 0...1),
      chart(
        "learning-rate", "Learning rate", "at the epoch's last step",
        [("learning rate", "learning_rate")], whole: "learning_rate"),
      chart(
        "gradient-norm", "Gradient norm", "mean of the epoch, before clipping",
        [("gradient norm", "gradient_norm")], whole: "gradient_norm"),
    ].compactMap { $0 }
  }

  private func chart(
    _ name: String, _ title: String, _ vertical: String,
    _ columns: [(name: String, column: String)],
    whole: String, range: ClosedRange<Double>? = nil
  ) -> (name: String, chart: LineChart, alternative: String)? {
    let lines = columns.map { entry in
      LineChart.Line(
        entry.name, history.series(entry.column).map { ($0.epoch, $0.value) },
        isWhole: entry.column == whole)
    }.filter { !$0.points.isEmpty }
    guard let last = lines.flatMap(\.points).map(\.x).max() else { return nil }
    let edge = max(0.2, 0.02 * last)
    var chart = LineChart(
      title, horizontal: "epoch", vertical: vertical, lines: lines,
      xRange: (1 - edge)...(last + edge), yRange: range)
    // Few epochs would have fractions between them.
    chart.xStep = last <= 12 ? 1 : nil
    let ends = lines.map { line in
      let (first, last) = (line.points[0].y, line.points[line.points.count - 1].y)
      return "\(line.name) \(brief(first, digits: 3)) to \(brief(last, digits: 3))"
    }
    return (
      name, chart,
      "\(title) over \(Int(last)) epochs, from the first to the last: "
        + ends.joined(separator: ", ")
    )
  }

  private static func plain(_ column: Substring) -> String {
    String(column).replacing("_", with: " ")
  }
}
