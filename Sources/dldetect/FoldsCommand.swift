import ArgumentParser
import Foundation
import Reports
import Training

struct FoldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "folds",
    abstract: "Sum up the runs of a cross-validation: mean, deviation and interval of each figure.",
    discussion: """
      Each run is one of train --fold 1/5, --fold 2/5, … with one seed and one data set, or was \
      trained on one description of data split --folds. The interval is Student's at 95 %, widened \
      because the runs share most of their training pictures.
      """)

  @Argument(help: "Run folders, two or more.")
  var runs: [String]

  @Flag(
    help: """
      Take the figures of each run's last epoch; its best one was chosen on the part it is measured \
      on, which flatters it.
      """)
  var last = false

  @Option(help: "Write everything as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    guard runs.count > 1 else {
      throw ValidationError("one run has no deviation, give two run folders or more")
    }
  }

  func run() throws {
    try OutputFiles.check(json: json, reading: [])
    let summary = try FoldSummary(runs, takesLast: last)
    for line in summary.notes { Messages.warn(line) }
    if json != "-" { print(runTable(summary).text + "\n" + figureTable(summary).text) }
    if let json { try JSONOutput.write(summary, to: json) }
  }

  private func runTable(_ summary: FoldSummary) -> TextTable {
    var table = TextTable([
      ("run", .left), ("fold", .right), ("epoch", .right), ("AP", .right), ("AP50", .right),
    ])
    for run in summary.runs {
      table.add(
        [run.run, run.fold, "\(run.epoch)"] + run.values.prefix(2).map(number))
    }
    return table
  }

  private func figureTable(_ summary: FoldSummary) -> TextTable {
    var table = TextTable([
      ("figure", .left), ("mean", .right), ("deviation", .right), ("95 % interval", .right),
      ("runs", .right),
    ])
    for figure in summary.figures {
      let bounds = figure.low == nil ? "–" : "\(number(figure.low)) to \(number(figure.high))"
      table.add([
        figure.name, number(figure.mean), number(figure.deviation), bounds, "\(figure.runs)",
      ])
    }
    return table
  }

  private func number(_ value: Double?) -> String {
    value.map { String(format: "%.4f", $0) } ?? "–"
  }
}
