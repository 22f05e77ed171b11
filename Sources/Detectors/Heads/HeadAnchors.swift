import Boxes

extension HeadSettings {
  /// The sizes of the boxes that it refines; nil of a head that predicts from points.
  package var anchors: AnchorShapes? {
    switch self {
    case .point: nil
    case .anchor(let head): head.anchors
    case .twoStage(let head): head.proposals.anchors
    }
  }

  /// Where they stand in a model's settings.
  package var anchorKey: [String] {
    switch self {
    case .point: []
    case .anchor: ["head", "anchors"]
    case .twoStage: ["head", "proposals", "anchors"]
    }
  }

  /// The same head with other anchors; a head without any as it is.
  package func with(anchors: AnchorShapes) -> HeadSettings {
    switch self {
    case .point: return self
    case .anchor(var head):
      head.anchors = anchors
      return .anchor(head)
    case .twoStage(var head):
      head.proposals.anchors = anchors
      return .twoStage(head)
    }
  }
}
