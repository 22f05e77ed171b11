/// A figure of a report that a condition can name; the raw value is how.
package enum FieldFigure: String, CaseIterable, Hashable, Sendable {
  case uncovered, below, above
  case underCell = "under-cell"
  case beyondField = "beyond-field"
  case unassigned, drift, unread
  case unusedPadding = "unused-padding"
  case multiplyAdds = "multiply-adds"
  case parameters, warnings

  package enum Unit: Hashable, Sendable {
    /// Of the objects, 0 … 1.
    case share
    case pixels, count
  }

  /// What a figure can be asked of, besides the network as a whole.
  package enum Part: String, Hashable, Sendable {
    case `class`, level
  }

  package var unit: Unit {
    switch self {
    case .uncovered, .below, .above, .underCell, .beyondField, .unassigned: .share
    case .drift, .unread, .unusedPadding: .pixels
    case .multiplyAdds, .parameters, .warnings: .count
    }
  }

  package var part: Part? {
    switch unit {
    case .share: .class
    case .pixels: .level
    case .count: nil
    }
  }

  package var needsData: Bool { unit == .share }

  package var meaning: String {
    switch self {
    case .uncovered: "objects in no level's range"
    case .below: "objects smaller than every level's range"
    case .above: "objects larger than every level's range"
    case .underCell: "objects smaller than a cell of the finest level"
    case .beyondField: "objects higher or wider than every field"
    case .unassigned: "objects without a positive candidate in training"
    case .drift: "fields' centres off where decoding takes them to be"
    case .unread: "rows or columns at the far side that no cell sees"
    case .unusedPadding: "far padding that strided layers leave unused"
    case .multiplyAdds: "of one picture"
    case .parameters: "trained numbers"
    case .warnings: "findings of that severity"
    }
  }

  package func text(_ value: Double) -> String {
    switch unit {
    case .share: Spelled.share(value)
    case .pixels: Spelled.number(value) + " px"
    case .count: Spelled.count(Int(value))
    }
  }
}
