import Boxes
import Evaluation
import Explanations
import Images

/// Draws a picture's misses: each missed object with its stage, and the box that stands in its way.
package enum MissDrawing {
  static let found = Colour(red: 60, green: 170, blue: 90)
  static let missed = Colour(red: 230, green: 30, blue: 30)
  static let rival = Colour(red: 30, green: 100, blue: 230)
  static let own = Colour(red: 240, green: 180, blue: 20)

  /// What the colours mean, for a message.
  package static let legend =
    "red: missed, with its stage; blue: the box that suppressed it, of another class, or counted "
    + "for a neighbour; yellow: its own best box; green: found"

  /// - Parameters:
  ///   - picture: 8 bits, drawn into.
  ///   - names: of classes, by label.
  /// - Throws: ``ImageError``.
  package static func draw(
    _ explanation: PictureExplanation, on picture: Picture, names: [String]
  ) throws(ImageError) {
    let missing = Set(explanation.misses.map(\.object))
    for (index, object) in explanation.objects.enumerated()
    where !object.object.isIgnored && !missing.contains(index) {
      try picture.drawRectangle(Box(object.object.box), colour: found)
    }
    for miss in explanation.misses {
      if let own = miss.shown.own, miss.shown.stage != .matchedAnother {
        try picture.drawRectangle(Box(own.box), colour: Self.own, thickness: 2)
      }
      if let rival = miss.shown.rival ?? neighbourly(miss.shown) {
        try picture.draw(
          Box(rival.box), colour: Self.rival, label: "\(names[rival.label]) \(score(rival.score))")
      }
    }
    // On top of everything.
    for miss in explanation.misses {
      let object = explanation.objects[miss.object].object
      try picture.draw(
        Box(object.box), colour: missed, label: "\(names[object.category]): \(miss.stage.title)")
    }
  }

  /// The detection that was counted for a neighbour.
  private static func neighbourly(_ cause: MissCause) -> ScoredBox? {
    if case .matchedAnother(let own, _, _) = cause { own } else { nil }
  }

  private static func score(_ value: Float) -> String { "\((value * 100).rounded() / 100)" }
}

extension Box {
  init(_ box: CocoBox) {
    self.init(
      left: Float(box.x), top: Float(box.y), right: Float(box.x + box.width),
      bottom: Float(box.y + box.height))
  }
}
