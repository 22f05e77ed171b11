import Spelling

/// What is wrong with a condition that somebody wrote.
package enum ConditionError: Error, Hashable, CustomStringConvertible {
  case unknownFigure(condition: String, name: String)
  /// `found` is empty at the end.
  case unexpected(condition: String, found: String, expected: String)
  case wrongUnit(condition: String, figure: FieldFigure, unit: String)
  /// A bound that no share can reach.
  case notAShare(condition: String, figure: FieldFigure, bound: Double)
  case noParts(condition: String, figure: FieldFigure)
  case unknownPart(condition: String, part: FieldFigure.Part, name: String, valid: [String])
  case undefined(condition: String, figure: FieldFigure)

  package var description: String {
    switch self {
    case .unknownFigure(let condition, let name):
      "'\(condition)': no figure is called '\(name)'\(Self.remedy(name, Self.figures))"
    case .unexpected(let condition, let found, let expected):
      "'\(condition)': expected \(expected), "
        + (found.isEmpty ? "but it ends there" : "got '\(found)'")
    case .wrongUnit(let condition, let figure, let unit):
      "'\(condition)': \(figure.rawValue) is not counted in '\(unit)'; "
        + Self.unit(figure.unit)
    case .notAShare(let condition, let figure, let bound):
      "'\(condition)': \(figure.rawValue) is a share, at most 100%; did you mean "
        + "\(Spelled.number(bound))%?"
    case .noParts(let condition, let figure):
      "'\(condition)': \(figure.rawValue) is a figure of the whole network, without [ ]"
    case .unknownPart(let condition, let part, let name, let valid):
      "'\(condition)': no \(part.rawValue) is called '\(name)'\(Self.remedy(name, valid))"
    case .undefined(let condition, let figure):
      "'\(condition)': \(figure.rawValue) is undefined, since there are no such objects"
    }
  }

  private static var figures: [String] { FieldFigure.allCases.map(\.rawValue) }

  private static func unit(_ unit: FieldFigure.Unit) -> String {
    switch unit {
    case .share: "give a share, as 5% or 0.05"
    case .pixels: "give pixels, as 3 or 3px"
    case .count: "give a number, as 2000000 or 2M"
    }
  }

  private static func remedy(_ name: String, _ valid: [String]) -> String {
    let nearest = nearestName(to: name, in: valid).map { "; did you mean '\($0)'?" } ?? ";"
    return nearest + " valid: " + valid.joined(separator: ", ")
  }
}
