import Boxes

/// What a detector should find in one picture of a batch; boxes in canvas pixels.
public struct Targets: Hashable, Sendable {
  public var boxes: [Box] = []
  /// One for each of `boxes`.
  public var classes: [Int32] = []
  /// Position of each of `boxes` in ``Dataset/annotations``.
  public var annotations: [Int32] = []
  /// Crowd regions and difficult objects, in which detections are neither right nor wrong.
  public var ignored: [Box] = []
  /// Annotated objects that are no targets here.
  public var lost = LostBoxes()

  public init() {}
}

/// Objects that a recipe left without a target, counted.
public struct LostBoxes: Hashable, Sendable {
  /// None of the box lies in the part of its picture that is on the canvas.
  public var outside = 0
  /// Less is left than ``Augmentation/minimumVisibleShare`` or ``Augmentation/minimumSide`` ask for.
  public var tooLittleLeft = 0
  /// Of what lies on the canvas less than ``Augmentation/minimumVisibleShare`` stays visible under
  /// what hides parts of it; see ``Occluding``.
  public var hidden = 0

  public init() {}

  public static func += (sum: inout LostBoxes, other: LostBoxes) {
    sum.outside += other.outside
    sum.tooLittleLeft += other.tooLittleLeft
    sum.hidden += other.hidden
  }
}
