import Evaluation
import Testing

/// VOC's rules, worked by hand; sides are 10.
struct VocEvaluatorTests {
  private let place = box(0, 0, 10, 10)
  private let other = box(50, 0, 10, 10)
  private let nowhere = box(200, 0, 10, 10)

  private func evaluate(
    _ objects: [CocoObject], _ detections: [CocoDetection], labels: [String] = ["a"]
  ) -> VocMetrics {
    VocEvaluator().evaluate(
      CocoTruth(labels: labels, imageCount: 2, objects: objects), detections)
  }

  private func object(_ box: CocoBox, difficult: Bool = false) -> CocoObject {
    CocoObject(image: 0, category: 0, box: box, isIgnored: difficult)
  }

  private func detection(_ box: CocoBox, _ score: Double, image: Int = 0) -> CocoDetection {
    CocoDetection(image: image, category: 0, box: box, score: score)
  }

  @Test func bothAveragesOfHitMissHit() {
    // Recall ½ at precision 1, recall 1 at 2/3. Recalls 0 … 0.5 are six of eleven.
    let voc = evaluate(
      [object(place), object(other)],
      [detection(place, 0.9), detection(nowhere, 0.8), detection(other, 0.7)])
    #expect(near(voc.elevenPoints.value, (6 + 5 * 2 / 3.0) / 11))
    #expect(near(voc.allPoints.value, 0.5 + 0.5 * 2 / 3))
  }

  @Test func takenObjectIsNotSwappedForTheNextBest() {
    // The second detection overlaps the found object most (9.5 / 10.5) and the free one enough
    // (8.5 / 11.5): a miss here, a hit by COCO's rule.
    let objects = [object(place), object(box(2, 0, 10, 10))]
    let found = [detection(place, 0.9), detection(box(0.5, 0, 10, 10), 0.8)]
    #expect(evaluate(objects, found).allPoints.value == 0.5)
    #expect(near(metrics(objects, found).ap50, 1))
  }

  @Test func difficultObjectExcusesAnyNumberOfDetections() {
    let voc = evaluate(
      [object(other, difficult: true), object(place)],
      [detection(other, 0.9), detection(other, 0.8), detection(place, 0.7)])
    #expect(voc.allPoints.value == 1 && near(voc.elevenPoints.value, 1))
    #expect(voc.perClass[0].instances == 1 && voc.perClass[0].difficult == 1)
  }

  @Test func recallOfThreeTenthsReachesTheFourthPoint() {
    // Three of ten objects: 0, 0.1, 0.2 and 0.3 of the eleven recalls.
    let objects = (0..<10).map { object(box(20 * Double($0), 0, 10, 10)) }
    let voc = evaluate(objects, objects.prefix(3).map { detection($0.box, 0.9) })
    #expect(near(voc.elevenPoints.value, 4 / 11.0))
    #expect(near(voc.allPoints.value, 0.3))
  }

  @Test func overlapOfOneHalfIsEnough() {
    #expect(evaluate([object(place)], [detection(box(0, 0, 5, 10), 0.9)]).allPoints.value == 1)
    #expect(evaluate([object(place)], [detection(box(0, 0, 4.9, 10), 0.9)]).allPoints.value == 0)
  }

  @Test func allDetectionsOfAnImageCount() {
    let misses = (0..<150).map { detection(box(200, 20 * Double($0), 10, 10), 0.9) }
    let voc = evaluate([object(place)], misses + [detection(place, 0.5)])
    #expect(near(voc.allPoints.value, 1 / 151.0))
  }

  @Test func equalScoresRankAsTheyCameInTheFile() {
    // Of the second image first: image ids play no role.
    let hitLast = [detection(nowhere, 0.5, image: 1), detection(place, 0.5)]
    #expect(evaluate([object(place)], hitLast).allPoints.value == 0.5)
    #expect(evaluate([object(place)], hitLast.reversed()).allPoints.value == 1)
  }

  @Test func classWithoutObjectsIsNotInTheMean() {
    let voc = evaluate([object(place)], [detection(place, 0.9)], labels: ["a", "b"])
    #expect(voc.allPoints.value == 1)
    #expect(voc.perClass[1].allPoints.value == nil && voc.perClass[1].elevenPoints.value == nil)
    #expect(evaluate([], []).elevenPoints.value == nil)
  }
}
