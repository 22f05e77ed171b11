/// Reads a ``Condition``, from left to right.
struct ConditionParser {
  private let condition: String
  private var rest: Substring

  init(_ condition: String) {
    self.condition = condition
    rest = condition[...]
  }

  mutating func comparisons() throws(ConditionError) -> [Condition.Comparison] {
    var comparisons = [try comparison()]
    while true {
      skipSpaces()
      guard !rest.isEmpty else { return comparisons }
      let word = word()
      guard word == "and" else { throw unexpected(word, expected: "'and' or the end") }
      comparisons.append(try comparison())
    }
  }

  private mutating func comparison() throws(ConditionError) -> Condition.Comparison {
    let figure = try figure()
    let part = try part(figure)
    let relation = try relation()
    return Condition.Comparison(
      figure: figure, part: part, relation: relation, bound: try bound(figure))
  }

  private mutating func figure() throws(ConditionError) -> FieldFigure {
    skipSpaces()
    let name = word()
    guard !name.isEmpty else { throw unexpected(name, expected: "the name of a figure") }
    guard let figure = FieldFigure(rawValue: name) else {
      throw .unknownFigure(condition: condition, name: name)
    }
    return figure
  }

  /// What stands in brackets, if they are there; names may hold anything but `]`.
  private mutating func part(_ figure: FieldFigure) throws(ConditionError) -> String? {
    skipSpaces()
    guard rest.first == "[" else { return nil }
    guard figure.part != nil else { throw .noParts(condition: condition, figure: figure) }
    guard let end = rest.firstIndex(of: "]") else {
      rest = ""
      throw unexpected("", expected: "']'")
    }
    let name = rest[rest.index(after: rest.startIndex)..<end]
    rest = rest[rest.index(after: end)...]
    return String(name)
  }

  private mutating func relation() throws(ConditionError) -> Condition.Relation {
    skipSpaces()
    let symbols = take { "<>=!".contains($0) }
    guard let relation = Condition.Relation(rawValue: symbols) else {
      throw unexpected(symbols, expected: "one of > >= < <= == !=")
    }
    return relation
  }

  private mutating func bound(_ figure: FieldFigure) throws(ConditionError) -> Double {
    skipSpaces()
    let digits = take { $0.isASCII && $0.isNumber || $0 == "." || $0 == "-" }
    guard let number = Double(digits) else { throw unexpected(digits, expected: "a number") }
    skipSpaces()
    // Of letters, `and` begins the next comparison.
    let unit = rest.hasPrefix("and") ? "" : take { $0 == "%" || $0.isLetter }
    guard let bound = Self.bound(number, unit, figure.unit) else {
      throw .wrongUnit(condition: condition, figure: figure, unit: unit)
    }
    guard figure.unit != .share || abs(bound) <= 1 else {
      throw .notAShare(condition: condition, figure: figure, bound: number)
    }
    return bound
  }

  private static func bound(_ number: Double, _ unit: String, _ kind: FieldFigure.Unit) -> Double? {
    switch (unit, kind) {
    case ("", _), ("px", .pixels): number
    case ("%", .share): number / 100
    case ("k", .count): number * 1e3
    case ("M", .count): number * 1e6
    case ("G", .count): number * 1e9
    default: nil
    }
  }

  /// Letters and inner hyphens.
  private mutating func word() -> String { take { $0.isLetter || $0 == "-" } }

  private mutating func skipSpaces() { _ = take(while: \.isWhitespace) }

  private mutating func take(while belongs: (Character) -> Bool) -> String {
    let taken = rest.prefix(while: belongs)
    rest = rest[taken.endIndex...]
    return String(taken)
  }

  /// - Parameter found: what was taken; nothing: what comes next.
  private func unexpected(_ found: String, expected: String) -> ConditionError {
    .unexpected(
      condition: condition, found: found.isEmpty ? String(rest.prefix(1)) : found,
      expected: expected)
  }
}
