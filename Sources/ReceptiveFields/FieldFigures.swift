/// A report's figures by name.
package struct FieldFigures: Hashable, Sendable {
  /// How many objects training's assigner was asked for, and how many of them got nothing.
  package struct Assigned: Hashable, Sendable {
    package var objects: Int
    package var unmatched: Int

    package init(objects: Int, unmatched: Int) {
      self.objects = objects
      self.unmatched = unmatched
    }

    fileprivate var share: Double? {
      objects > 0 ? Double(unmatched) / Double(objects) : nil
    }
  }

  private let report: ReceptiveFieldReport
  private let assigned: Assigned?
  private let assignedByClass: [Assigned]

  /// - Parameters:
  ///   - assigned: of all objects; `nil` where no assigner was audited.
  ///   - assignedByClass: in the order of the report's classes.
  package init(
    _ report: ReceptiveFieldReport, assigned: Assigned? = nil, assignedByClass: [Assigned] = []
  ) {
    self.report = report
    self.assigned = assigned
    self.assignedByClass = assignedByClass
  }

  /// Of the network as a whole: of pixels the largest over its levels.
  ///
  /// - Returns: `nil` where it is undefined: without data, objects or audit.
  package func value(_ figure: FieldFigure) -> Double? {
    switch figure {
    case .unassigned: return assigned?.share
    case .uncovered, .below, .above, .underCell, .beyondField:
      return report.objects.flatMap { $0.count > 0 ? share(figure, of: $0) : nil }
    case .drift, .unread, .unusedPadding:
      return report.levels.map { pixels(figure, of: $0) }.max()
    case .multiplyAdds: return Double(report.multiplyAdds)
    case .parameters: return Double(report.parameters)
    case .warnings: return Double(report.findings.count { $0.severity == .warning })
    }
  }

  /// What a part of the network or of its data can be called.
  package func names(_ part: FieldFigure.Part) -> [String] {
    switch part {
    case .level: report.levels.map(\.name)
    case .class: report.objects?.perClass.map(\.label) ?? []
    }
  }

  /// Of one level or one class.
  ///
  /// - Parameter index: into the figure's names.
  package func value(_ figure: FieldFigure, part index: Int) -> Double? {
    switch figure.part {
    case .level: return pixels(figure, of: report.levels[index])
    case .class where figure == .unassigned:
      return assignedByClass.indices.contains(index) ? assignedByClass[index].share : nil
    case .class:
      return report.objects.flatMap { objects in
        let row = objects.perClass[index]
        return row.count > 0 ? share(figure, of: row) : nil
      }
    case nil: return nil
    }
  }

  private func share(_ figure: FieldFigure, of objects: some ObjectShareList) -> Double? {
    switch figure {
    case .uncovered: objects.shareInNone
    case .below: objects.shareBelow
    case .above: objects.shareAbove
    case .underCell: objects.shareUnderCell
    case .beyondField: objects.shareBeyondFields
    case .unassigned, .drift, .unread, .unusedPadding, .multiplyAdds, .parameters, .warnings: nil
    }
  }

  private func pixels(_ figure: FieldFigure, of level: ReceptiveFieldReport.Level) -> Double {
    switch figure {
    case .drift: level.stride.side > 0 ? level.drift.largestMagnitude : 0
    case .unread: level.alignment.unread.largest
    default: level.alignment.unusedPadding.largest
    }
  }
}

private protocol ObjectShareList {
  var shareInNone: Double { get }
  var shareBelow: Double { get }
  var shareAbove: Double { get }
  var shareUnderCell: Double { get }
  var shareBeyondFields: Double { get }
}

extension ObjectCensus: ObjectShareList {}
extension ObjectCensus.Class: ObjectShareList {}

extension AxisPair {
  fileprivate var largestMagnitude: Double { max(abs(vertical), abs(horizontal)) }
}
