/// Verdicts in plain words.
extension ReceptiveFieldReport {
  /// What can be said of each level alone.
  var levelFindings: [Finding] {
    levels.flatMap { level in
      [wayFinding(level), driftFinding(level), gateFinding(level)].compactMap { $0 }
    }
  }

  private func wayFinding(_ level: Level) -> Finding? {
    guard !level.hasBottomUpWay else { return nil }
    return Finding(
      severity: .note,
      message:
        "every way to \(level.name) goes through a resizing; its shortest way stands for the "
        + "bottom-up one",
      level: level.name)
  }

  private func driftFinding(_ level: Level) -> Finding? {
    // A level that sees the whole picture from every cell has no place to be off from.
    guard level.stride.side > 0 else { return nil }
    guard !level.alignment.decodingAccounts else { return nil }
    let drift = (down: level.drift.vertical, right: level.drift.horizontal)
    let cells = max(
      abs(drift.down) / level.stride.vertical, abs(drift.right) / level.stride.horizontal)
    return Finding(
      severity: cells >= 0.5 ? .warning : .note,
      message: "fields of \(level.name) are centred \(Spelled.number(drift.down)) px (down) and "
        + "\(Spelled.number(drift.right)) px (right) off (i + ½)·stride, where decoding takes "
        + "cells to be: a constant \(Spelled.number(cells)) of a cell that decoding does not "
        + "account for and box regression has to learn",
      level: level.name)
  }

  private func gateFinding(_ level: Level) -> Finding? {
    guard level.gated else { return nil }
    return Finding(
      severity: .note,
      message: "\(level.name) is gated by a mean over the whole picture: its channels' scale, not "
        + "its features, depends on every pixel",
      level: level.name)
  }

  /// Sizes between the levels' ranges.
  var rangeFindings: [Finding] {
    let ordered = levels.sorted { $0.objectRange.low < $1.objectRange.low }
    var findings: [Finding] = []
    var below: Level?
    for level in ordered {
      if let below, level.objectRange.low > below.objectRange.high {
        findings.append(
          Finding(
            severity: .warning,
            message: "sides from \(Spelled.number(below.objectRange.high)) to "
              + "\(Spelled.number(level.objectRange.low)) px suit neither \(below.name) nor "
              + level.name,
            level: level.name))
      }
      if level.objectRange.high > below?.objectRange.high ?? 0 { below = level }
    }
    return findings
  }

  /// What the data's objects meet.
  var objectFindings: [Finding] {
    guard let objects else { return [] }
    let shares = shareFindings(objects) + classFindings(objects)
    guard objects.empty > 0 else { return shares + idleFindings }
    let empty = Finding(
      severity: .note, message: "\(objects.empty) objects without area were not counted")
    return shares + idleFindings + [empty]
  }

  private func shareFindings(_ objects: ObjectCensus) -> [Finding] {
    guard objects.count > 0, let coarsest, let finest else { return [] }
    let field = coarsest.receptiveField.bottomUp
    let between = objects.shareInNone - objects.shareAbove - objects.shareBelow
    let findings: [(share: Double, level: Level, text: String)] = [
      (
        objects.shareBeyondFields, coarsest,
        "are higher or wider than every field, the largest being "
          + "\(Spelled.number(field.vertical)) × \(Spelled.number(field.horizontal)) px of "
          + "\(coarsest.name): no cell sees them whole; add a coarser level, deepen the backbone or "
          + "train at a smaller size"
      ),
      (
        objects.shareAbove, coarsest,
        "are larger than \(Spelled.number(rule.highestShare)) of the largest field "
          + "(\(Spelled.number(coarsest.objectRange.high)) px, \(coarsest.name))"
      ),
      (
        objects.shareBelow, finest,
        "are smaller than \(Spelled.number(rule.lowestShare)) of the smallest field "
          + "(\(Spelled.number(finest.objectRange.low)) px, \(finest.name)); train at a larger "
          + "size, in tiles, or with a finer level"
      ),
      (
        objects.shareUnderCell, finest,
        "are smaller than one cell of the finest stride: neighbours compete for one cell"
      ),
      (between, finest, "fall between the levels' ranges"),
    ]
    return findings.filter { $0.share > 1e-9 }.map { finding in
      let objectCount = Int((finding.share * Double(objects.count)).rounded())
      return Finding(
        severity: .warning,
        message: "\(Spelled.share(finding.share)) of objects (\(objectCount)) " + finding.text,
        level: finding.level.name)
    }
  }

  /// Classes that fare much worse than all together, those with the most missed objects first.
  private func classFindings(_ objects: ObjectCensus) -> [Finding] {
    func missed(_ row: ObjectCensus.Class) -> Int {
      Int((row.shareInNone * Double(row.count)).rounded())
    }
    let worse = objects.perClass.filter {
      $0.shareInNone > 0.01 && $0.shareInNone > 2 * objects.shareInNone
    }.sorted { (missed($0), $1.label) > (missed($1), $0.label) }
    guard !worse.isEmpty else { return [] }
    let named = worse.prefix(5).map {
      "\(Spelled.share($0.shareInNone)) of \($0.label) (\(missed($0)) of \($0.count))"
    }
    let rest = worse.count > named.count ? " and of \(worse.count - named.count) more classes" : ""
    return [
      Finding(
        severity: .warning,
        message: "in no level's range, against \(Spelled.share(objects.shareInNone)) of all "
          + "objects: " + named.joined(separator: ", ") + rest)
    ]
  }

  private var idleFindings: [Finding] {
    levels.filter { $0.objectShare == 0 }.map {
      Finding(
        severity: .note, message: "no object is in the range of \($0.name)", level: $0.name)
    }
  }

  /// The level whose range reaches highest, and the one whose range begins lowest.
  private var coarsest: Level? { levels.max { $0.objectRange.high < $1.objectRange.high } }
  private var finest: Level? { levels.min { $0.objectRange.low < $1.objectRange.low } }
}
