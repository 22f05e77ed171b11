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
  /// Copies of small objects.
  public var copies = CopyCounts()
  /// How many of `boxes`, the last ones, are of copies.
  public var pastedBoxes = 0

  public init() {}

  /// Adds another sample's, on the same canvas, before anything is pasted.
  mutating func add(_ other: Targets) {
    boxes += other.boxes
    classes += other.classes
    annotations += other.annotations
    ignored += other.ignored
    lost += other.lost
    copies += other.copies
  }
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

/// What became of the copies of small objects that were to be pasted; see ``Pasting``.
public struct CopyCounts: Hashable, Sendable, Codable {
  public var pasted = 0
  /// No place was free, or the copy would have been too small to be a target.
  public var unplaced = 0

  public init() {}

  public static func += (sum: inout CopyCounts, other: CopyCounts) {
    sum.pasted += other.pasted
    sum.unplaced += other.unplaced
  }
}
