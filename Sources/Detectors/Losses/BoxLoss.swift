import Boxes

/// How boxes are trained.
public enum BoxLoss: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  /// ``SmoothL1`` on an anchor's four offsets.
  case smoothL1
  case iou, giou, diou, ciou

  /// The overlap of which `1 − overlap` is the loss.
  package var measure: OverlapMeasure? {
    switch self {
    case .smoothL1: nil
    case .iou: .iou
    case .giou: .giou
    case .diou: .diou
    case .ciou: .ciou
    }
  }
}
