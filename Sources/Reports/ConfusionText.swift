import Evaluation
import Foundation

/// A confusion matrix for a terminal: whole where it fits, else its most frequent errors.
package struct ConfusionText {
  private static let mostClasses = 12
  private static let mostErrors = 20

  private let matrix: ConfusionMatrix

  package init(_ matrix: ConfusionMatrix) {
    self.matrix = matrix
  }

  package var text: String {
    let title = String(
      format: "confusion at IoU %g, scores from %g; rows: truth, columns: predicted\n",
      matrix.overlap, matrix.score)
    return title + (matrix.labels.count <= Self.mostClasses ? whole : errors)
  }

  private var names: [String] { matrix.labels + ["background"] }

  private var whole: String {
    var table = TextTable([("", .left)] + names.map { (heading: $0, alignment: .right) })
    for (name, row) in zip(names, matrix.counts) { table.add([name] + row.map(String.init)) }
    return table.text
  }

  private var errors: String {
    var cells: [(truth: Int, predicted: Int, count: Int)] = []
    for (truth, row) in matrix.counts.enumerated() {
      for (predicted, count) in row.enumerated() where truth != predicted && count > 0 {
        cells.append((truth, predicted, count))
      }
    }
    cells.sort { (-$0.count, $0.truth, $0.predicted) < (-$1.count, $1.truth, $1.predicted) }
    var table = TextTable([("truth", .left), ("predicted", .left), ("count", .right)])
    for cell in cells.prefix(Self.mostErrors) {
      table.add([names[cell.truth], names[cell.predicted], String(cell.count)])
    }
    let more = cells.count - Self.mostErrors
    return table.text
      + (more > 0 ? "and \(more) smaller kinds of error; --json has the whole matrix\n" : "")
  }
}
