import Anchors
import Boxes
import Foundation

/// The report on anchors in words, for a terminal.
extension AnchorReport {
  package var text: String {
    let of = clustered == objects ? "\(objects)" : "\(clustered) of \(objects)"
    return "Anchors for \(model) at \(size[0])×\(size[1]), by k-means (1 − IoU, \(update)s) on "
      + "\(of) objects, seed \(seed)\n"
      + (empty > 0 ? "\(empty) objects without area were not counted\n" : "") + "\n"
      + table(fitted).text + findings(fitted) + "\n"
      + "The model's own anchors\n\n" + table(present).text + findings(present) + "\n"
      + comparison.text + "\n" + legend + "\n\nIn the model's YAML:\n\n" + yaml
  }

  /// What a model's YAML says to have the fitted anchors.
  package var yaml: String {
    let path = key + ["sizes"]
    func indented(_ depth: Int, _ text: String) -> String {
      String(repeating: "  ", count: depth) + text + "\n"
    }
    let lists = fitted.levels.map { level in
      let sizes = level.anchors.map { "[\(plain($0.size.width)), \(plain($0.size.height))]" }
      return indented(path.count, "- [\(sizes.joined(separator: ", "))]  # \(level.name)")
    }
    return path.enumerated().map { indented($0, "\($1):") }.joined() + lists.joined()
  }

  private func table(_ assessment: Assessment) -> TextTable {
    var table = TextTable([
      ("level", .left), ("stride", .right), ("field", .right), ("object sides", .right),
      ("anchor", .right), ("aspect", .right), ("objects", .right),
    ])
    for level in assessment.levels {
      for (index, anchor) in level.anchors.enumerated() {
        let about =
          index > 0
          ? ["", "", "", ""]
          : [
            level.name, "\(level.stride)", field(level),
            "\(plain(Float(level.objectRange.low))) to \(plain(Float(level.objectRange.high)))",
          ]
        table.add(
          about + [
            "\(plain(anchor.size.width))×\(plain(anchor.size.height))",
            String(format: "%.2f", anchor.aspect), percent(anchor.objectShare),
          ])
      }
    }
    return table
  }

  private func field(_ level: Level) -> String {
    let (height, width) = (level.receptiveField.vertical, level.receptiveField.horizontal)
    return height == width ? plain(Float(width)) : "\(plain(Float(width)))×\(plain(Float(height)))"
  }

  private func findings(_ assessment: Assessment) -> String {
    assessment.findings.isEmpty
      ? "" : "\n" + assessment.findings.map { "\($0.severity.rawValue): \($0.message)\n" }.joined()
  }

  private var comparison: TextTable {
    var table = TextTable([("", .left), ("k-means", .right), ("model's", .right)])
    let (new, old) = (fitted.coverage, present.coverage)
    func count(_ assessment: Assessment) -> String {
      String(assessment.levels.reduce(0) { $0 + $1.anchors.count })
    }
    table.add(["anchors", count(fitted), count(present)])
    table.add(["best possible recall, IoU 0.5", percent(new.recall50), percent(old.recall50)])
    if let threshold, let recall = new.recallAtThreshold, let own = old.recallAtThreshold {
      table.add([
        "best possible recall, the assigner's IoU \(plain(Float(threshold)))", percent(recall),
        percent(own),
      ])
    }
    table.add(["mean best IoU", percent(new.meanBestOverlap), percent(old.meanBestOverlap)])
    table.add([
      "mean best IoU of sizes alone", percent(new.meanSizeOverlap), percent(old.meanSizeOverlap),
    ])
    table.add([
      "anchors per object", String(format: "%.2f", new.anchorsPerObject),
      String(format: "%.2f", old.anchorsPerObject),
    ])
    return table
  }

  private var legend: String {
    """
    anchor: width×height in pixels of the input; aspect: height over width; objects: share that it \
    meets best.
    best possible recall: objects that meet an anchor, standing in a cell's centre, with that IoU.
    anchors per object: mean number of anchors that meet one with \
    \(threshold.map { "the assigner's IoU (\(plain(Float($0))))" } ?? "IoU 0.5").
    """
  }
}

/// At most one decimal, two below 1.
private func plain(_ value: Float) -> String {
  var text = String(format: value < 1 ? "%.2f" : "%.1f", value)
  while text.last == "0" { text.removeLast() }
  if text.last == "." { text.removeLast() }
  return text
}

private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
