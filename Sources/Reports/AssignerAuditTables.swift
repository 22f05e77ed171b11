import Explanations
import Foundation

/// What an assigner makes of a split, for a terminal.
extension AssignerAudit {
  package var text: String {
    [heading, table("side", bySide).text, table("class", perClass).text].joined(separator: "\n")
      + "\n" + legend
  }

  /// The same, for a report.
  var blocks: [Document.Block] {
    let lines = heading.split(separator: "\n").map { Document.Block.paragraph(Prose(String($0))) }
    let tables: [Document.Block] = [
      .table(table("side", bySide)), .table(table("class", perClass)),
    ]
    return lines + tables + [.paragraph(Prose(legend.trimmingCharacters(in: .newlines)))]
  }

  private var heading: String {
    let extent = size[0] == size[1] ? "\(size[0])" : "\(size[0])×\(size[1])"
    let how =
      switch basis {
      case .geometry: "by geometry alone"
      case .untrained: "with the predictions of an untrained network"
      case .trained: "with the predictions of the weights"
      }
    return """
      \(model) at \(extent) on \(data): \(assigner), \(how)
      \(pictures) pictures, \(all.objects) objects; \(ignored) ignored and \(outside) outside \
      left out
      \(all.unmatched) without a positive candidate\(share(all.unmatched, of: all.objects)), of \
      these \(all.crowdedOut) because neighbours take all of theirs
      \(positives) positive candidates; \(ambiguous) ambiguous: wanted by more than one object

      """
  }

  /// All objects stand in the last row.
  private func table(_ heading: String, _ groups: [Group]) -> TextTable {
    var table = TextTable([
      (heading, .left), ("objects", .right), ("no positive", .right), ("crowded out", .right),
      ("mean", .right), ("least", .right), ("10 %", .right), ("25 %", .right), ("50 %", .right),
      ("75 %", .right), ("90 %", .right), ("most", .right),
    ])
    for group in groups + [all] {
      table.add(
        [
          group.name, "\(group.objects)", "\(group.unmatched)", "\(group.crowdedOut)",
          group.mean.map { String(format: "%.1f", $0) } ?? "–",
        ] + Group.shares.map { share in group.quantile(share).map { "\($0)" } ?? "–" })
    }
    return table
  }

  private func share(_ count: Int, of total: Int) -> String {
    total > 0 ? String(format: " (%.1f %%)", 100 * Double(count) / Double(total)) : ""
  }

  private var legend: String {
    """
    side: √area at the network's input. mean, least, …, most: positive candidates of an object, \
    and quantiles. crowded out: without a positive, but not if it were alone in its picture.

    """
  }
}
