import Networks
import ReceptiveFields
import Testing

@Suite struct ConditionTests {
  struct Parsed: CustomTestStringConvertible {
    var text: String
    var figure: FieldFigure
    var part: String?
    var relation: Condition.Relation
    var bound: Double
    var testDescription: String { text }
  }

  static let parsed = [
    Parsed(text: "uncovered > 5%", figure: .uncovered, relation: .above, bound: 0.05),
    Parsed(text: "uncovered>0.05", figure: .uncovered, relation: .above, bound: 0.05),
    Parsed(text: "  under-cell  >=  7 % ", figure: .underCell, relation: .atLeast, bound: 0.07),
    Parsed(text: "beyond-field != 0", figure: .beyondField, relation: .unequal, bound: 0),
    Parsed(text: "drift > 3.5px", figure: .drift, relation: .above, bound: 3.5),
    Parsed(text: "drift[p3] > 3 px", figure: .drift, part: "p3", relation: .above, bound: 3),
    Parsed(text: "unread == 0", figure: .unread, relation: .equal, bound: 0),
    Parsed(text: "multiply-adds > 1.5G", figure: .multiplyAdds, relation: .above, bound: 1.5e9),
    Parsed(text: "parameters<=2M", figure: .parameters, relation: .atMost, bound: 2e6),
    Parsed(text: "warnings < 3k", figure: .warnings, relation: .below, bound: 3000),
    Parsed(
      text: "uncovered[Red blood cell, > 5 µm] > 1%", figure: .uncovered,
      part: "Red blood cell, > 5 µm", relation: .above, bound: 0.01),
  ]

  @Test(arguments: parsed)
  func comparisonIsRead(_ expected: Parsed) throws {
    let comparisons = try Condition(expected.text).comparisons
    let comparison = try #require(comparisons.first)
    #expect(comparisons.count == 1)
    #expect(comparison.figure == expected.figure && comparison.part == expected.part)
    #expect(comparison.relation == expected.relation && comparison.bound == expected.bound)
  }

  @Test func severalAreJoinedByAnd() throws {
    let condition = try Condition("uncovered > 5% and drift[p3] < 4px and warnings > 0")
    #expect(condition.figures == [.uncovered, .drift, .warnings])
    #expect(condition.comparisons.map(\.bound) == [0.05, 4, 0])
    #expect(try Condition("warnings > 0and unread > 1").comparisons.count == 2)
  }

  @Test func everyFigureCanBeNamed() throws {
    for figure in FieldFigure.allCases {
      #expect(try Condition("\(figure.rawValue) > 0").figures == [figure])
    }
  }

  static let broken: [(String, String)] = [
    ("uncoverd > 5%", "did you mean 'uncovered'?"),
    ("undercell > 5%", "did you mean 'under-cell'?"),
    ("nonsense > 5%", "valid: uncovered, below"),
    ("", "expected the name of a figure, but it ends there"),
    ("> 5%", "expected the name of a figure, got '>'"),
    ("uncovered", "expected one of > >= < <= == !=, but it ends there"),
    ("uncovered = 5%", "expected one of > >= < <= == !=, got '='"),
    ("uncovered => 5%", "expected one of > >= < <= == !=, got '=>'"),
    ("uncovered >", "expected a number, but it ends there"),
    ("uncovered > five", "expected a number, got 'f'"),
    ("uncovered > 1.2.3", "expected a number, got '1.2.3'"),
    ("uncovered > --1", "expected a number, got '--1'"),
    ("uncovered > 5", "did you mean 5%?"),
    ("uncovered > 500%", "at most 100%"),
    ("uncovered > 5px", "not counted in 'px'"),
    ("drift > 5%", "give pixels"),
    ("parameters > 5T", "not counted in 'T'"),
    ("uncovered > 5% or drift > 3", "expected 'and' or the end, got 'or'"),
    ("uncovered > 5% and", "expected the name of a figure, but it ends there"),
    ("uncovered > 5% drift", "expected 'and' or the end, got 'drift'"),
    ("uncovered > 5%)", "expected 'and' or the end, got ')'"),
    ("uncovered[p3 > 5%", "expected ']', but it ends there"),
    ("parameters[p3] > 5", "a figure of the whole network"),
  ]

  @Test(arguments: broken)
  func mistakeIsSaid(_ text: String, _ says: String) {
    let error = #expect(throws: ConditionError.self) { try Condition(text) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("'\(text)'") == true)
  }

  /// Sides of 4 to 20 suit p3; cells of 8, of which the last column is not read at 65.
  private func figures(_ objects: [ObjectSize]?) -> FieldFigures {
    let graph = Graph.trace { image in
      image.through("only", Convolution(channels: 2, kernel: 40, stride: 8, padding: 16))
        .output("p3.box")
      image.through("other", Convolution(channels: 2, kernel: 3, stride: 2, padding: 0))
        .output("p1.box")
    }
    let picture = Shape(channels: 3, height: 64, width: 66)
    let report = ReceptiveFieldReport(
      model: "m", analysis: FieldAnalysis(graph, inputs: [picture]), objects: objects,
      classNames: ["cell", "speck", "absent"])
    return FieldFigures(
      report, assigned: FieldFigures.Assigned(objects: 4, unmatched: 1),
      assignedByClass: [
        FieldFigures.Assigned(objects: 3, unmatched: 0),
        FieldFigures.Assigned(objects: 1, unmatched: 1),
        FieldFigures.Assigned(objects: 0, unmatched: 0),
      ])
  }

  private var four: FieldFigures {
    figures([
      ObjectSize(width: 10, height: 10), ObjectSize(width: 12, height: 12),
      ObjectSize(width: 16, height: 16), ObjectSize(width: 30, height: 30, label: 1),
    ])
  }

  @Test(arguments: [
    ("uncovered > 20%", "uncovered is 25.0 %"), ("uncovered >= 25%", "uncovered is 25.0 %"),
    ("uncovered[speck] == 1", "uncovered[speck] is 100.0 %"),
    ("unassigned > 0", "unassigned is 25.0 %"),
    ("unassigned[speck] > 99%", "unassigned[speck] is 100.0 %"),
    ("unread[p1] == 1px", "unread[p1] is 1 px"), ("unread > 0", "unread is 1 px"),
    ("drift > 0.4", "drift is 0.5 px"), ("parameters == 9658", "parameters is 9658"),
    ("above > 0 and below == 0", "above is 25.0 %, below is 0.0 %"),
  ])
  func whatHoldsIsSaidWithItsFigure(_ text: String, _ reason: String) throws {
    #expect(try Condition(text).reason(four) == reason)
  }

  @Test(arguments: [
    "uncovered > 25%", "uncovered[cell] > 0", "drift[p3] > 0", "unread[p3] > 0", "below > 0",
    "above > 0 and below > 0", "below > 0 and above > 0", "unassigned[cell] > 0",
  ])
  func whatDoesNotHoldIsNoReason(_ text: String) throws {
    #expect(try Condition(text).reason(four) == nil)
  }

  @Test func whatCannotBeJudgedIsAnError() throws {
    #expect(throws: ConditionError.undefined(condition: "uncovered > 0", figure: .uncovered)) {
      try Condition("uncovered > 0").reason(figures([]))
    }
    #expect(throws: ConditionError.self) {
      try Condition("uncovered[absent] > 0").reason(four)
    }
    let error = #expect(throws: ConditionError.self) {
      try Condition("uncovered[spek] > 0").reason(four)
    }
    #expect(error?.description.contains("did you mean 'speck'?") == true)
    let level = #expect(throws: ConditionError.self) {
      try Condition("drift[p9] > 0").reason(four)
    }
    #expect(level?.description.contains("no level is called 'p9'") == true)
  }
}
