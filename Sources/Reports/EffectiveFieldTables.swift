import ReceptiveFields

/// Measured fields in words; nothing where none were. ``ReceptiveFieldSections`` has them as a part
/// of a document.
extension ReceptiveFieldReport {
  var effectiveText: String {
    guard let effective else { return "" }
    let sentence = effectiveSentence(effective)
    return "\n" + heading(effective) + "\n\n" + effectiveTable.text + "\n" + effectiveLegend + "\n"
      + (sentence.isEmpty ? "" : "\n\(sentence)\n")
  }

  func heading(_ measurement: EffectiveMeasurement) -> String {
    "Effective fields of \(measurement.weights), from gradients on \(measurement.pictures)."
  }

  var effectiveTable: TextTable {
    var columns: [(heading: String, alignment: TextTable.Alignment)] = [
      ("level", .left), ("bottom-up", .right), ("50 % in", .right), ("90 % in", .right),
      ("95 % in", .right), ("90 % of bottom-up", .right), ("sigma", .right), ("shift", .right),
      ("object sides", .right),
    ]
    if objects != nil { columns.append(("objects", .right)) }
    var table = TextTable(columns)
    for level in levels {
      guard let field = level.effective, let range = level.effectiveRange else { continue }
      let row = [
        level.name, Spelled.pair(level.receptiveField.bottomUp), tenths(field.diameter50),
        tenths(field.diameter90), tenths(field.diameter95), Spelled.number(field.share90),
        pair(field.sigma), pair(field.shift), "\(tenths(range.low)) to \(tenths(range.high))",
      ]
      table.add(row + (objects == nil ? [] : [level.effectiveShare.map(Spelled.share) ?? ""]))
    }
    return table
  }

  var effectiveLegend: String {
    """
    50, 90, 95 % in: sides in pixels of the squares around the field's centre that hold so much of \
    |gradient|.
    sigma: its deviation; shift: its mean minus the field's centre; down×right where they differ.
    object sides: √area up to the 90 % square, from \
    \(Spelled.number(rule.lowestShare / rule.highestShare)) of it on.
    """
  }

  func effectiveSentence(_ measurement: EffectiveMeasurement) -> String {
    measurement.shareInNone.map {
      "\(Spelled.share($0)) of objects in no level's effective range."
    } ?? ""
  }

  private func tenths(_ value: Double) -> String { Spelled.number(value, decimals: 1) }

  private func pair(_ pair: AxisPair) -> String {
    let (down, right) = (tenths(pair.vertical), tenths(pair.horizontal))
    return down == right ? down : "\(down)×\(right)"
  }
}
