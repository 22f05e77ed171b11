import Datasets
import Foundation

/// Splits compared with the first, for a terminal.
extension SplitComparison {
  package static func text(of comparisons: [SplitComparison]) -> String {
    var table = TextTable([
      ("compared", .left), ("what", .left), ("effect", .right), ("p", .right),
      ("clustering", .right),
    ])
    for comparison in comparisons { comparison.addRows(to: &table) }
    let sentences = comparisons.flatMap { comparison in
      comparison.differences.map { "\(comparison.split): \($0)\n" }
    }
    return table.text + sentences.joined() + legend
  }

  private static let legend = """
    effect: V of the classes' χ² test, D of Kolmogorov and Smirnov's; 0.1 is small. p: the chance of
    as much between random parts. clustering: how many alike objects of a picture count for one.
    Remarkable: p under 0.01 and an effect of 0.1 or more, with 20 pictures a split; brightness also by
    5 levels of 255 on average.

    """

  private func addRows(to table: inout TextTable) {
    let name = "\(split) with \(reference)"
    if let classes {
      table.add([
        name, "classes", decimal(classes.effect), Self.text(classes.probability),
        decimal(classes.designEffect),
      ])
    }
    let rows = [
      ("object sizes", objectAreas), ("picture sizes", pictureAreas), ("brightness", brightness),
    ]
    for case (let what, let difference?) in rows {
      table.add([
        name, what, decimal(difference.effect), Self.text(difference.probability),
        decimal(difference.designEffects.max() ?? 1),
      ])
    }
  }

  private func decimal(_ value: Double) -> String { String(format: "%.3f", value) }
}
