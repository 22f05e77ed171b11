import Boxes

/// How boxes are trained.
public enum BoxLoss: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  /// ``SmoothL1`` on an anchor's four offsets, summed.
  case smoothL1
  /// ``AbsoluteDifference`` on them.
  case l1
  /// ``BalancedL1`` on them.
  case balancedL1
  /// `1 − overlap`: ``OverlapMeasure``.
  case iou, giou, diou, ciou
  /// `−ln IoU`
  case logIoU
  /// Each of the four with the distance of the corners: *CDIoU*.
  case cdiou, cdgiou, cddiou, cdciou

  /// The loss of a box against its target; nil for those on offsets.
  public var overlap: OverlapLoss? {
    switch self {
    case .smoothL1, .l1, .balancedL1: nil
    case .iou: OverlapLoss(.iou)
    case .giou: OverlapLoss(.giou)
    case .diou: OverlapLoss(.diou)
    case .ciou: OverlapLoss(.ciou)
    case .logIoU: OverlapLoss(.iou, isLogarithmic: true)
    case .cdiou: OverlapLoss(.iou, controlsDistance: true)
    case .cdgiou: OverlapLoss(.giou, controlsDistance: true)
    case .cddiou: OverlapLoss(.diou, controlsDistance: true)
    case .cdciou: OverlapLoss(.ciou, controlsDistance: true)
    }
  }

  /// Those of overlaps, for messages.
  static var ofOverlaps: String {
    allCases.filter { $0.overlap != nil }.map(\.rawValue).joined(separator: ", ")
  }

  /// Of an offset; nil for those of overlaps.
  ///
  /// - Parameter beta: where Smooth-L1 bends.
  public func difference(beta: Float) -> (any DifferenceLoss)? {
    switch self {
    case .smoothL1: SmoothL1(beta: beta)
    case .l1: AbsoluteDifference()
    case .balancedL1: BalancedL1()
    default: nil
    }
  }
}
