/// Where on its way an object that was not found got lost, first things first.
///
/// The first three go by the object's size and by training's assigner, whatever the network says;
/// the others by its boxes. *Badly localized* stands between *wrong class* and *low score*: a
/// confident box of the right class that lies wrong says more than a faint one beside it that lies
/// well. Where no box at all lies well, it is that stage whatever the scores.
package enum MissStage: String, CaseIterable, Codable, Sendable {
  /// Its side (√area) on the network's input is below the finest stride.
  case underCell
  /// Its side is in no level's range of object sizes.
  case outsideRange
  /// Training's assigner gives it no candidate to learn from.
  case noPositive
  /// A box that lies well and reaches the score is of another class.
  case wrongClass
  /// No proposal of a detector in two stages lies well, nor does any box made of one.
  case notProposed
  /// The boxes of its class that reach the score lie too far off, or none lies well.
  case badlyLocalized
  /// Boxes of its class lie well; none reaches the score.
  case lowScore
  /// Those that lie well and reach the score fell to others of the class in suppression.
  case suppressed
  /// They were left out for their number.
  case cut
  /// They were counted for a neighbour.
  case matchedAnother

  /// For tables and tags.
  package var title: String {
    switch self {
    case .underCell: "under one cell"
    case .outsideRange: "outside range"
    case .noPositive: "no positive"
    case .wrongClass: "wrong class"
    case .notProposed: "not proposed"
    case .badlyLocalized: "badly localized"
    case .lowScore: "low score"
    case .suppressed: "suppressed"
    case .cut: "cut"
    case .matchedAnother: "matched another"
    }
  }

  /// Whether it goes by size and assignment, not by what the network says.
  package var isStructural: Bool {
    switch self {
    case .underCell, .outsideRange, .noPositive: true
    default: false
    }
  }
}

/// The size of an object by its area in pixels of the picture, as COCO divides it: under 32², up to
/// 96², over.
package enum SizeClass: String, CaseIterable, Codable, Sendable {
  case small, medium, large

  /// - Parameter area: square pixels of the picture.
  package init(area: Double) {
    self = area < 32 * 32 ? .small : area <= 96 * 96 ? .medium : .large
  }
}
