import ReceptiveFields

/// The report in words, for a terminal; ``ReceptiveFieldSections`` has it as a document.
extension ReceptiveFieldReport {
  package var text: String {
    let sentences = objectSentence.map { "\n\($0)\n" }.joined()
    let list = findingLines.map { "\($0)\n" }.joined()
    return heading + "\n\n" + levelTable.text + "\n" + legend + "\n\n" + alignmentText + sentences
      + objectsText + effectiveText + (list.isEmpty ? "" : "\n" + list)
  }

  var heading: String {
    "What \(model) sees of a \(size[0])×\(size[1]) picture, in pixels "
      + "(\(Spelled.count(parameters)) parameters, \(Spelled.count(multiplyAdds)) multiply–adds)."
  }

  var legend: String {
    """
    bottom-up: without top-down ways and pyramid-pooling detours; shortest, longest: over all ways.
    drift: centre of the field minus (i + ½)·stride. gated: scaled by a mean over the whole picture.
    object sides: √area from \(Spelled.number(rule.lowestShare)) to \
    \(Spelled.number(rule.highestShare)) of the bottom-up field.
    """
  }

  var levelTable: TextTable {
    var columns: [(String, TextTable.Alignment)] = [
      ("level", .left), ("stride", .right), ("bottom-up", .right), ("shortest", .right),
      ("longest", .right), ("offset", .right), ("drift", .right), ("gated", .left),
      ("object sides", .right),
    ]
    if objects != nil { columns.append(("objects", .right)) }
    var table = TextTable(columns.map { (heading: $0.0, alignment: $0.1) })
    for level in levels {
      let field = level.receptiveField
      let pairs = [
        level.stride, field.bottomUp, field.min, field.max, level.offset, level.drift,
      ]
      let row =
        [level.name] + pairs.map(Spelled.pair) + [level.gated ? "yes" : "no", level.sides]
      table.add(row + (level.objectShare.map { [Spelled.share($0)] } ?? []))
    }
    return table
  }

  var layerTable: TextTable {
    var table = TextTable([
      ("layer", .left), ("operator", .left), ("shape", .right), ("stride", .right),
      ("bottom-up", .right), ("shortest", .right), ("longest", .right), ("offset", .right),
      ("gated", .left),
    ])
    for layer in layers {
      table.add([
        layer.name, layer.operator, layer.shape.map(String.init).joined(separator: "×"),
        Spelled.pair(layer.stride), Spelled.pair(layer.receptiveField.bottomUp),
        Spelled.pair(layer.receptiveField.min),
        Spelled.pair(layer.receptiveField.max), Spelled.pair(layer.offset),
        layer.gated ? "yes" : "no",
      ])
    }
    return table
  }

  /// One sentence on the data, if there is any.
  var objectSentence: [String] {
    guard let objects else { return [] }
    let median =
      objects.medianSide.map { ", median side \(Spelled.number($0, decimals: 1)) px" } ?? ""
    let missed = Spelled.share(objects.shareInNone)
    return ["\(objects.count) objects\(median): \(missed) in no level's range."]
  }

  var findingLines: [String] {
    findings.map { "\($0.severity.rawValue): \($0.message)" }
  }
}

extension ReceptiveFieldReport.Level {
  var sides: String {
    Spelled.number(objectRange.low, decimals: 1) + " to "
      + Spelled.number(objectRange.high, decimals: 1)
  }
}
