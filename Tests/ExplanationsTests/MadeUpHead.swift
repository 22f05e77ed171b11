import Boxes
import Detectors
import Evaluation
import Explanations
import Foundation
import Images
import Networks
import ReceptiveFields

/// A point head's output without its network: one level of stride 16 over 64×64 pixels, 16 cells
/// with centres at 8, 24, 40 and 56, two classes. Nothing scores above 0.001 and no box reaches further
/// than a tenth of a pixel, until a cell is set.
final class MadeUpHead {
  static let names = ["cell", "plate"]
  private static let side = 4

  private let head: PointHead
  private let classes: UnsafeMutablePointer<Float>
  private let boxes: UnsafeMutablePointer<Float>

  init(assigner: AssignerSettings = .taskAligned(TaskAlignedAssigner())) {
    var head = PointHead()
    head.distance = .exponential
    head.assigner = assigner
    self.head = head
    classes = .allocate(capacity: 2 * 16)
    classes.initialize(repeating: -9, count: 2 * 16)
    boxes = .allocate(capacity: 4 * 16)
    boxes.initialize(repeating: -5.1, count: 4 * 16)
  }

  deinit {
    classes.deallocate()
    boxes.deallocate()
  }

  /// Sets a cell's box, which must hold the cell's centre, and the scores of its classes.
  func set(_ row: Int, _ column: Int, _ box: Box, _ scores: [Float]) {
    let cell = row * Self.side + column
    let (x, y) = (Float(16 * column + 8), Float(16 * row + 8))
    let distances = [x - box.left, y - box.top, box.right - x, box.bottom - y]
    for (edge, distance) in distances.enumerated() {
      boxes[edge * 16 + cell] = log(distance / 16)
    }
    for (label, score) in scores.enumerated() {
      classes[label * 16 + cell] = log(score / (1 - score))
    }
  }

  /// What the network would say of a picture of 64×64 with these objects.
  func explain(
    _ objects: [CocoObject], proposals: [Box]? = nil,
    _ change: (inout ExplanationRules) -> Void = { _ in }
  ) -> PictureExplanation {
    var rules = ExplanationRules(
      levels: [LevelRange(name: "p4", range: ClosedInterval(10, 50))], cell: 8)
    change(&rules)
    let outputs = HeadOutputs(
      batch: 1,
      shapes: [2, 4].map { Shape(channels: $0, height: Self.side, width: Self.side) },
      values: [UnsafePointer(classes), UnsafePointer(boxes)])
    let candidates = head.decode(
      outputs, strides: [16], classCount: 2, input: Extent(64), minimumScore: 0)[0]
    let census = head.census(
      outputs, targets: [objects.compactMap(Self.target)], strides: [16], classCount: 2)[0]
    return PictureExplanation(
      examined(objects, census), candidates: candidates, proposals: proposals,
      letterbox: Letterbox(
        pictureWidth: 64, pictureHeight: 64, canvasWidth: 64, canvasHeight: 64), rules: rules)
  }

  private static func target(_ object: CocoObject) -> Target? {
    guard !object.isIgnored else { return nil }
    let box = object.box
    return Target(
      box: Box(
        left: Float(box.x), top: Float(box.y), right: Float(box.x + box.width),
        bottom: Float(box.y + box.height)), label: object.category)
  }

  private func examined(_ objects: [CocoObject], _ census: AssignmentCensus) -> [ExaminedObject] {
    var next = 0
    return objects.map { object in
      guard !object.isIgnored else {
        return ExaminedObject(object, side: 0, positives: 0, positivesAlone: 0)
      }
      defer { next += 1 }
      return ExaminedObject(
        object, side: object.box.area.squareRoot(), positives: census.positives[next],
        positivesAlone: census.alone[next])
    }
  }
}

/// An object of the picture, by its edges.
func object(
  _ left: Double, _ top: Double, _ right: Double, _ bottom: Double, category: Int = 0,
  isCrowd: Bool = false, isIgnored: Bool = false
) -> CocoObject {
  CocoObject(
    image: 0, category: category,
    box: CocoBox(x: left, y: top, width: right - left, height: bottom - top), isCrowd: isCrowd,
    isIgnored: isIgnored)
}

func box(_ left: Float, _ top: Float, _ right: Float, _ bottom: Float) -> Box {
  Box(left: left, top: top, right: right, bottom: bottom)
}
