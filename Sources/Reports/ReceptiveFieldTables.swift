import Foundation
import ReceptiveFields

/// The report in words: for a terminal (`text`) and as a document (`markdown`).
extension ReceptiveFieldReport {
  package var text: String {
    let sentences = objectSentence.map { "\n\($0)\n" }.joined()
    let list = findingLines.map { "\($0)\n" }.joined()
    return heading + "\n\n" + levelTable.text + "\n" + legend + "\n" + sentences
      + (list.isEmpty ? "" : "\n" + list)
  }

  /// - Parameter picture: file name of the chart beside the document.
  package func markdown(picture: String?) -> String {
    let chart = picture.map { "![fields and object sizes](\($0))\n\n" } ?? ""
    let sentences = objectSentence.map { $0 + "\n\n" }.joined()
    let list = findingLines.map { "- \($0)\n" }.joined()
    return "# Receptive fields\n\n" + heading + "\n\n" + chart + levelTable.markdown + "\n" + legend
      + "\n\n" + sentences + (list.isEmpty ? "" : "## Findings\n\n" + list + "\n")
      + "## Layers\n\n" + layerTable.markdown
  }

  private var heading: String {
    "What \(model) sees of a \(size[0])×\(size[1]) picture, in pixels."
  }

  private var legend: String {
    """
    bottom-up: without top-down ways and pyramid-pooling detours; shortest, longest: over all ways.
    drift: centre of the field minus (i + ½)·stride. gated: scaled by a mean over the whole picture.
    object sides: √area from \(plain(rule.lowestShare)) to \(plain(rule.highestShare)) of the \
    bottom-up field.
    """
  }

  private var levelTable: TextTable {
    var columns: [(String, TextTable.Alignment)] = [
      ("level", .left), ("stride", .right), ("bottom-up", .right), ("shortest", .right),
      ("longest", .right), ("offset", .right), ("drift", .right), ("gated", .left),
      ("object sides", .right),
    ]
    if objects != nil { columns.append(("objects", .right)) }
    var table = TextTable(columns.map { (heading: $0.0, alignment: $0.1) })
    for level in levels {
      let row = [
        level.name, pair(level.stride), pair(level.receptiveField.bottomUp),
        pair(level.receptiveField.min), pair(level.receptiveField.max), pair(level.offset),
        pair(level.drift), level.gated ? "yes" : "no",
        "\(plain(level.objectRange.low, 1)) to \(plain(level.objectRange.high, 1))",
      ]
      table.add(row + (level.objectShare.map { [percent($0)] } ?? []))
    }
    return table
  }

  private var layerTable: TextTable {
    var table = TextTable([
      ("layer", .left), ("operator", .left), ("shape", .right), ("stride", .right),
      ("bottom-up", .right), ("shortest", .right), ("longest", .right), ("offset", .right),
      ("gated", .left),
    ])
    for layer in layers {
      table.add([
        layer.name, layer.operator, layer.shape.map(String.init).joined(separator: "×"),
        pair(layer.stride), pair(layer.receptiveField.bottomUp), pair(layer.receptiveField.min),
        pair(layer.receptiveField.max), pair(layer.offset), layer.gated ? "yes" : "no",
      ])
    }
    return table
  }

  /// One sentence on the data, if there is any.
  private var objectSentence: [String] {
    guard let objects else { return [] }
    let median = objects.medianSide.map { ", median side \(plain($0, 1)) px" } ?? ""
    let missed = percent(objects.shareInNone)
    return ["\(objects.count) objects\(median): \(missed) in no level's range."]
  }

  private var findingLines: [String] {
    findings.map { "\($0.severity.rawValue): \($0.message)" }
  }
}

/// One number where both axes agree, else height×width.
private func pair(_ pair: AxisPair) -> String {
  pair.vertical == pair.horizontal
    ? plain(pair.vertical) : plain(pair.vertical) + "×" + plain(pair.horizontal)
}

/// At most so many decimals.
private func plain(_ value: Double, _ decimals: Int = 2) -> String {
  var text = String(format: "%.\(decimals)f", value)
  while text.last == "0" { text.removeLast() }
  if text.last == "." { text.removeLast() }
  return text
}

private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
