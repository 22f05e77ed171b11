import Datasets
import Foundation

/// What came of dividing a data set, for a terminal.
extension SplitOutcome {
  package var text: String {
    let how = stratified ? "stratified" : "at random"
    let files = descriptions.map { "  \($0)\n" }.joined()
    return "\(source): \(words) of \(pictures) pictures, \(how), seed \(seed)\n\n"
      + table.text + "\n" + "for --data:\n" + files
  }

  /// Pictures, and the objects of each class with their share of the part's.
  private var table: TextTable {
    var table = TextTable(
      [(heading: "", alignment: .left)]
        + parts.map { (heading: $0.name, alignment: .right) })
    table.add(["pictures"] + parts.map { "\($0.pictures)" })
    table.add(["without objects"] + parts.map { "\($0.emptyPictures)" })
    table.add(["objects"] + parts.map { "\($0.objects)" })
    for (index, first) in (parts.first?.classes ?? []).enumerated() {
      table.add([first.label] + parts.map { share($0.classes[index].objects, of: $0.objects) })
    }
    return table
  }

  private func share(_ count: Int, of all: Int) -> String {
    all == 0 ? "\(count)" : String(format: "%d (%.1f %%)", count, 100 * Double(count) / Double(all))
  }
}
