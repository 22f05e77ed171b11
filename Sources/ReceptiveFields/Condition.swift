/// Something a report's figures can fulfil, as `--fail-if` takes it: `uncovered > 5%`,
/// `under-cell[speck] >= 0.01 and multiply-adds < 2G`.
///
///     condition  = comparison { "and" comparison }
///     comparison = figure [ "[" class or level "]" ] relation number [ unit ]
///     relation   = ">" | ">=" | "<" | "<=" | "==" | "!="
///     unit       = "%" of shares | "px" of pixels | "k" | "M" | "G" of counts
package struct Condition: Hashable, Sendable {
  package enum Relation: String, CaseIterable, Hashable, Sendable {
    case atLeast = ">="
    case atMost = "<="
    case equal = "=="
    case unequal = "!="
    case above = ">"
    case below = "<"

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atLeast: value >= bound
      case .atMost: value <= bound
      case .equal: value == bound
      case .unequal: value != bound
      case .above: value > bound
      case .below: value < bound
      }
    }
  }

  package struct Comparison: Hashable, Sendable {
    package var figure: FieldFigure
    /// A class's or level's name.
    package var part: String?
    package var relation: Relation
    package var bound: Double
  }

  /// As it was written.
  package let text: String
  /// All must hold.
  package let comparisons: [Comparison]

  package var figures: [FieldFigure] { comparisons.map(\.figure) }

  /// - Throws: ``ConditionError``.
  package init(_ text: String) throws(ConditionError) {
    var parser = ConditionParser(text)
    self.text = text
    comparisons = try parser.comparisons()
  }

  /// What makes it hold, `uncovered is 7.2 %`; `nil` where it does not.
  ///
  /// - Throws: ``ConditionError`` for a part that is not there, or a figure that is undefined.
  package func reason(_ figures: FieldFigures) throws(ConditionError) -> String? {
    var reasons: [String] = []
    for comparison in comparisons {
      let value = try value(comparison, figures)
      guard comparison.relation.holds(value, comparison.bound) else { return nil }
      let part = comparison.part.map { "[\($0)]" } ?? ""
      reasons.append(
        "\(comparison.figure.rawValue)\(part) is \(comparison.figure.text(value))")
    }
    return reasons.joined(separator: ", ")
  }

  private func value(_ comparison: Comparison, _ figures: FieldFigures) throws(ConditionError)
    -> Double
  {
    let figure = comparison.figure
    var value = figures.value(figure)
    if let name = comparison.part, let part = figure.part {
      let names = figures.names(part)
      guard let index = names.firstIndex(of: name) else {
        throw .unknownPart(condition: text, part: part, name: name, valid: names)
      }
      value = figures.value(figure, part: index)
    }
    guard let value else { throw .undefined(condition: text, figure: figure) }
    return value
  }
}
