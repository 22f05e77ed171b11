/// Verdicts by measured fields, beside those by theoretical ones.
extension ReceptiveFieldReport {
  /// What a measurement went by.
  package struct EffectiveMeasurement: Codable, Hashable, Sendable {
    /// Of which weights, in words.
    package var weights: String
    /// Of which pictures, in words.
    package var pictures: String
    /// Share of the data's objects in no level's effective range; `nil` without data.
    package var shareInNone: Double?
    /// Shares above and below every level's effective range; `nil` without data.
    package var shareAbove: Double?
    package var shareBelow: Double?

    package init(weights: String, pictures: String) {
      self.weights = weights
      self.pictures = pictures
    }
  }

  /// Takes measured fields, by the levels' names.
  ///
  /// The rule on object sizes has its upper bound at a share of the theoretical field because the
  /// effective one is smaller. Where that is measured the bound is its 90 % diameter, beyond which
  /// a level hardly looks, and the lower bound keeps its ratio to it.
  package mutating func take(
    _ fields: [String: EffectiveField], _ measurement: EffectiveMeasurement,
    objects: [ObjectSize]?
  ) {
    let solid = objects?.filter { $0.side > 0 }
    for index in levels.indices {
      guard let field = fields[levels[index].name] else {
        findings.append(
          Finding(
            severity: .warning,
            message: "\(levels[index].name) has no effective field: its gradients are zero or not "
              + "finite", level: levels[index].name))
        continue
      }
      let range = ClosedInterval(
        rule.lowestShare / rule.highestShare * field.diameter90, field.diameter90)
      levels[index].effective = field
      levels[index].effectiveRange = range
      levels[index].effectiveShare = solid?.share { range.contains($0.side) }
    }
    var measurement = measurement
    let ranges = levels.compactMap(\.effectiveRange)
    if let solid, !ranges.isEmpty {
      let highest = ranges.map(\.high).max()!
      measurement.shareInNone = solid.share { object in
        !ranges.contains { $0.contains(object.side) }
      }
      measurement.shareAbove = solid.share { $0.side > highest }
      let lowest = ranges.map(\.low).min()!
      measurement.shareBelow = solid.share { $0.side < lowest }
    }
    effective = measurement
    findings += effectiveFindings(solid?.count ?? 0)
  }

  private func effectiveFindings(_ count: Int) -> [Finding] {
    let measured = levels.filter { $0.effective != nil }
    let narrow = measured.compactMap(narrowFinding)
    guard let effective, let none = effective.shareInNone, let above = effective.shareAbove,
      let below = effective.shareBelow,
      let widest = measured.max(by: { $0.effectiveRange!.high < $1.effectiveRange!.high }),
      let narrowest = measured.min(by: { $0.effectiveRange!.low < $1.effectiveRange!.low })
    else { return narrow }
    let shares: [(share: Double, level: Level, text: String)] = [
      (
        above, widest,
        "are larger than the largest effective field (90 % in "
          + "\(Spelled.number(widest.effectiveRange!.high, decimals: 1)) px, \(widest.name)): what "
          + "lies further out hardly counts"
      ),
      (
        below, narrowest,
        "are smaller than \(Spelled.number(rule.lowestShare / rule.highestShare)) of the smallest "
          + "effective field (\(Spelled.number(narrowest.effectiveRange!.low, decimals: 1)) px, "
          + "\(narrowest.name))"
      ),
      (none - above - below, narrowest, "fall between the levels' effective ranges"),
    ]
    return narrow
      + shares.filter { $0.share > 1e-9 }.map {
        Finding(
          severity: .warning,
          message: "\(Spelled.share($0.share)) of objects "
            + "(\(Int(($0.share * Double(count)).rounded()))) \($0.text)", level: $0.level.name)
      }
  }

  private func narrowFinding(_ level: Level) -> Finding? {
    guard let field = level.effective, field.share90 > 1 else { return nil }
    return Finding(
      severity: .note,
      message:
        "\(level.name) has 90 % of its gradient in \(Spelled.number(field.diameter90, decimals: 1))"
        + " px, more than its bottom-up field: other ways to it count"
        + (level.gated ? ", gates among them" : ""),
      level: level.name)
  }
}
