import Foundation

extension MissCause {
  /// The numbers of the stage in a few words.
  ///
  /// - Parameter names: of classes, by label.
  package func reason(_ names: [String]) -> String {
    switch self {
    case .underCell(let side, let cell):
      return "its side is \(pixels(side)) at the network's input, one cell \(pixels(cell))"
    case .outsideRange(let side, let nearest):
      return "its side is \(pixels(side)) at the network's input; the nearest level, "
        + "\(nearest.name), is for \(number(nearest.range.low)) … \(pixels(nearest.range.high))"
    case .noPositive(let alone):
      return alone == 0
        ? "training's assigner gives it no candidate"
        : "neighbours take all the candidates (\(alone)) that training's assigner would give it"
    case .wrongClass(let found, let own):
      let beside = own.map { "; its own class scores \(score($0.score)) at most" } ?? ""
      return "\(told(found, names))\(beside)"
    case .notProposed(let closest, let count):
      return count == 0
        ? "the first stage proposes nothing in this picture"
        : "the closest of \(count) proposals has an IoU of \(score(Float(closest)))"
    case .badlyLocalized(let best, let reachesScore):
      guard let best else { return "no box of its class touches it" }
      return reachesScore
        ? "its best box above the score is off: \(told(best, names))"
        : "no box lies well, whatever its score: the closest is \(told(best, names))"
    case .lowScore(let own, let least):
      return "its best box is \(told(own, names)), below the score of \(least)"
    case .suppressed(let own, let rival, let overlap, let threshold):
      return "\(told(own, names)) fell to \(told(rival, names)); the IoU of the two is "
        + "\(score(Float(overlap))), above \(threshold)"
    case .cut(let own, let rank, let limit, let allowed):
      let what = limit == .detections ? "detections" : "boxes that enter suppression"
      return "\(told(own, names)) was number \(rank) of at most \(allowed) \(what)"
    case .matchedAnother(let own, _, let overlap):
      return "\(told(own, names)) was counted for a neighbour, IoU \(score(Float(overlap)))"
    }
  }

  /// A box's class, score, and IoU with the missed object.
  private func told(_ box: ScoredBox, _ names: [String]) -> String {
    "\(names[box.label]) \(score(box.score)) (IoU \(score(Float(box.overlap))))"
  }

  private func score(_ value: Float) -> String {
    // Faint scores keep a digit that tells them apart.
    String(format: value < 0.01 ? "%.4f" : "%.3f", value)
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }

  private func pixels(_ value: Double) -> String { "\(number(value)) px" }
}
