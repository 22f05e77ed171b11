import Boxes
import RandomNumbers
import Testing

@Suite struct NonMaximumSuppressionTests {
  private func crowd(seed: UInt64, count: Int) -> ([Box], [Float], [Int]) {
    var generator = KeyedGenerator(seed: seed, purpose: "crowd")
    let boxes = (0..<count).map { _ in
      Box(
        centerX: Float(generator.uniform(0, 60)), centerY: Float(generator.uniform(0, 60)),
        width: Float(generator.uniform(5, 30)), height: Float(generator.uniform(5, 30)))
    }
    // Few distinct scores, so that there are ties.
    let scores = (0..<count).map { _ in Float(generator.index(below: 10)) / 10 }
    return (boxes, scores, (0..<count).map { _ in generator.index(below: 3) })
  }

  /// Takes the best remaining box and strikes all that it covers, by definition.
  private func byDefinition(
    _ boxes: [Box], _ scores: [Float], _ labels: [Int], _ threshold: Float
  ) -> [Int] {
    var alive = Array(boxes.indices)
    var kept: [Int] = []
    while let best = alive.max(by: { (scores[$0], -$0) < (scores[$1], -$1) }) {
      kept.append(best)
      alive.removeAll {
        $0 == best
          || labels[$0] == labels[best]
            && boxes[$0].intersectionOverUnion(with: boxes[best]) > threshold
      }
    }
    return kept
  }

  @Test(arguments: 0..<20)
  func agreesWithTheDefinition(_ seed: UInt64) {
    let (boxes, scores, labels) = crowd(seed: seed, count: 80)
    let kept = nonMaximumSuppression(
      boxes: boxes, scores: scores, labels: labels, iouThreshold: 0.4)
    #expect(kept == byDefinition(boxes, scores, labels, 0.4))
  }

  @Test func classesDoNotSeeEachOther() {
    let box = Box(left: 0, top: 0, right: 10, bottom: 10)
    let kept = nonMaximumSuppression(
      boxes: [box, box, box], scores: [0.5, 0.9, 0.7], labels: [0, 0, 1], iouThreshold: 0.5)
    #expect(kept == [1, 2])
  }

  @Test func equalScoresGoByPosition() {
    let box = Box(left: 0, top: 0, right: 10, bottom: 10)
    let kept = nonMaximumSuppression(
      boxes: [box, box], scores: [0.5, 0.5], labels: [0, 0], iouThreshold: 0.5)
    #expect(kept == [0])
  }

  @Test func overlapEqualToTheThresholdStays() {
    // Areas 4 and 2, sharing 2: IoU exactly ½.
    let boxes = [
      Box(left: 0, top: 0, right: 2, bottom: 2), Box(left: 0, top: 0, right: 2, bottom: 1),
    ]
    func kept(_ threshold: Float) -> [Int] {
      nonMaximumSuppression(
        boxes: boxes, scores: [0.9, 0.8], labels: [0, 0], iouThreshold: threshold)
    }
    #expect(kept(0.5) == [0, 1])
    #expect(kept(0.49) == [0])
  }

  @Test func keepsAtMostAsManyAsWanted() {
    let (boxes, scores, labels) = crowd(seed: 1, count: 50)
    let all = nonMaximumSuppression(
      boxes: boxes, scores: scores, labels: labels, iouThreshold: 0.4)
    let few = nonMaximumSuppression(
      boxes: boxes, scores: scores, labels: labels, iouThreshold: 0.4, maxCount: 3)
    #expect(few == Array(all.prefix(3)))
  }
}
