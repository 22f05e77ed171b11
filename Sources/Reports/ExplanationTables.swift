import Evaluation
import Explanations
import Foundation

/// What became of all objects, for a terminal.
extension ExplanationReport {
  /// Pictures named at most.
  private static let shown = 10

  /// Counts by stage, size and class, and the pictures with the most misses.
  package var text: String {
    ([heading, stageTable.text, classTable.text] + [shownTable, worstTable].compactMap { $0?.text })
      .joined(separator: "\n") + "\n" + legend
  }

  private var extent: String {
    size.height == size.width ? "\(size.height)" : "\(size.height)×\(size.width)"
  }

  private var heading: String {
    let all = total
    return """
      \(model) at \(extent) on \(data): \(pictures.count) pictures
      \(all.objects) objects: \(all.found) found, \(all.missed) missed; \(falsePositives) \
      false positives; \(ignored) ignored objects and \(ignoredDetections) detections of them \
      left out

      """
  }

  private var stageTable: TextTable {
    var headings: [(heading: String, alignment: TextTable.Alignment)] = [
      ("objects", .left), ("all", .right),
    ]
    for size in SizeClass.allCases { headings.append((size.rawValue, .right)) }
    var table = TextTable(headings)
    let columns = [total] + SizeClass.allCases.map { counts(of: $0) }
    table.add(["found"] + columns.map { "\($0.found)" })
    for stage in stages {
      table.add([stage.title] + columns.map { "\($0[stage])" })
    }
    table.add(["all"] + columns.map { "\($0.objects)" })
    return table
  }

  /// Stages as columns, those that lost nothing left out.
  private var classTable: TextTable {
    let all = total
    let used = stages.filter { all[$0] > 0 }
    var headings: [(heading: String, alignment: TextTable.Alignment)] = [
      ("class", .left), ("objects", .right), ("found", .right),
    ]
    for stage in used { headings.append((stage.title, .right)) }
    var table = TextTable(headings)
    for (label, name) in classNames.enumerated() {
      let own = counts(ofClass: label)
      guard own.objects > 0 else { continue }
      table.add([name, "\(own.objects)", "\(own.found)"] + used.map { "\(own[$0])" })
    }
    return table
  }

  /// What the network's boxes say of misses that size or assignment explains; nil without any.
  private var shownTable: TextTable? {
    let structural = stages.filter(\.isStructural)
    let verdicts = stages.filter { !$0.isStructural }
    let misses = pictures.flatMap(\.misses).filter(\.stage.isStructural)
    guard !misses.isEmpty else { return nil }
    var headings: [(heading: String, alignment: TextTable.Alignment)] = [
      ("of these, by the boxes alone", .left)
    ]
    for verdict in verdicts { headings.append((verdict.title, .right)) }
    var table = TextTable(headings)
    for stage in structural {
      let own = misses.filter { $0.stage == stage }
      guard !own.isEmpty else { continue }
      let counts = verdicts.map { verdict in own.count { $0.shown.stage == verdict } }
      table.add([stage.title] + counts.map { "\($0)" })
    }
    return table
  }

  private var worstTable: TextTable? {
    let order = worst
    guard !order.isEmpty else { return nil }
    var table = TextTable([
      ("most misses", .left), ("objects", .right), ("missed", .right), ("false", .right),
      ("stages", .left),
    ])
    for picture in order.prefix(Self.shown).map({ pictures[$0] }) {
      let lost = stages.compactMap { stage in
        let count = picture.misses.count { $0.stage == stage }
        return count > 0 ? "\(count) \(stage.title)" : nil
      }
      table.add([
        (picture.path as NSString).lastPathComponent, "\(picture.counted)",
        "\(picture.misses.count)", "\(picture.falsePositives)", lost.joined(separator: ", "),
      ])
    }
    return table
  }

  private var legend: String {
    """
    found: by a detection of its class with IoU ≥ \(overlap), as COCO matches them, at score ≥ \
    \(options.minimumScore). Every missed object stands at the first stage that lost it, in the \
    order of the rows. small, medium, large: area under 32², up to 96², over, pixels of the picture.

    """
  }
}

/// One picture's misses, a line each.
extension PictureExplanation {
  /// - Parameter names: of classes, by label.
  package func text(_ names: [String]) -> String {
    let left = ignored > 0 ? ", \(ignored) ignored left out" : ""
    let heading =
      "\(path)  \(width)×\(height): \(several(counted, "object")), \(found) found, "
      + "\(misses.count) missed, \(several(falsePositives, "false positive"))\(left)\n"
    return heading + misses.map { line($0, names) }.joined()
  }

  private func several(_ count: Int, _ word: String) -> String {
    "\(count) \(word)\(count == 1 ? "" : "s")"
  }

  private func line(_ miss: Miss, _ names: [String]) -> String {
    let object = objects[miss.object]
    let box = object.object.box
    let place = "at (\(Int(box.x.rounded())), \(Int(box.y.rounded())))"
    let extent = "\(Int(box.width.rounded()))×\(Int(box.height.rounded()))"
    var text =
      "  \(names[object.object.category]) \(extent) \(place): \(miss.stage.title): "
      + miss.cause.reason(names)
    if miss.stage != miss.shown.stage {
      text += "\n    by the boxes alone: \(miss.shown.stage.title): \(miss.shown.reason(names))"
    }
    return text + "\n"
  }
}
