import Evaluation
import Testing

/// Errors worked by hand; sides are 10.
struct ErrorEvaluatorTests {
  private let place = box(0, 0, 10, 10)
  /// IoU 0.4 with `place`.
  private let part = box(0, 0, 10, 4)
  /// Exactly 0.1.
  private let tenth = box(0, 0, 10, 1)
  private let nowhere = box(200, 0, 10, 10)

  private func object(_ box: CocoBox, category: Int = 0, crowd: Bool = false) -> CocoObject {
    CocoObject(image: 0, category: category, box: box, isCrowd: crowd)
  }

  private func detection(_ box: CocoBox, _ score: Double, category: Int = 0) -> CocoDetection {
    CocoDetection(image: 0, category: category, box: box, score: score)
  }

  private func errors(
    _ objects: [CocoObject], _ detections: [CocoDetection]
  ) -> ErrorBreakdown {
    ErrorEvaluator().evaluate(
      CocoTruth(labels: ["a", "b"], imageCount: 1, objects: objects), detections)
  }

  private func counts(_ errors: ErrorBreakdown) -> [ErrorKind: Int] {
    Dictionary(uniqueKeysWithValues: ErrorKind.allCases.map { ($0, errors.all[$0].count) })
      .filter { $0.value > 0 }
  }

  @Test func nothingWrongCostsNothing() {
    let found = errors([object(place)], [detection(place, 0.9)])
    #expect(counts(found).isEmpty && found.all.ap.value == 1)
    #expect(ErrorKind.allCases.allSatisfy { found.all[$0].cost.value == 0 })
  }

  @Test func badlyPlacedDetectionIsOneOfLocalisationAndItsObjectNotMissed() {
    let found = errors([object(place)], [detection(part, 0.9)])
    #expect(counts(found) == [.localisation: 1])
    #expect(found.all.ap.value == 0 && found.all[.localisation].cost.value == 1)
    #expect(found.all.falseNegatives.count == 1 && found.all[.missed].count == 0)
  }

  @Test func wrongClassCostsBothClasses() {
    // a: no hit of 1 object, AP 0; b: a detection and no object, AP 0 in the mean. Mended, a has
    // AP 1 and b nothing at all, so that the mean is over a alone.
    let found = errors([object(place)], [detection(place, 0.9, category: 1)])
    #expect(counts(found) == [.classification: 1])
    #expect(found.all.ap.value == 0 && found.all[.classification].cost.value == 1)
    #expect(found.perClass[0][.classification].cost.value == 1)
    #expect(found.perClass[1].ap.value == nil && found.perClass[1][.classification].count == 1)
  }

  @Test func secondDetectionOfAnObjectIsADuplicate() {
    let found = errors([object(place)], [detection(place, 0.8), detection(place, 0.9)])
    // IoU with its own class is 1, above the foreground, so not localisation.
    #expect(counts(found) == [.duplicate: 1])
    #expect(found.all.falsePositives.count == 1 && found.all.falseNegatives.count == 0)
  }

  @Test func wrongClassAndBadlyPlacedIsBoth() {
    let found = errors([object(place)], [detection(part, 0.9, category: 1)])
    #expect(counts(found) == [.both: 1, .missed: 1])
  }

  @Test func thresholdsBelongToLocalisationAndToBackground() {
    // IoU 0.1 with the own class: localisation; with another: background.
    #expect(counts(errors([object(place)], [detection(tenth, 0.9)])) == [.localisation: 1])
    #expect(
      counts(errors([object(place)], [detection(tenth, 0.9, category: 1)]))
        == [.background: 1, .missed: 1])
  }

  @Test func backgroundRankedFirstHalvesPrecision() {
    // Miss, hit of 1 object: precision 1/2 at every recall; mended 1.
    let found = errors([object(place)], [detection(nowhere, 0.9), detection(place, 0.8)])
    #expect(counts(found) == [.background: 1])
    #expect(near(found.all.ap.value, 0.5) && near(found.all[.background].cost.value, 0.5))
    #expect(near(found.all.falsePositives.cost.value, 0.5))
  }

  @Test func missedObjectsNoLongerCountOnceMended() {
    // One of two objects: precision 1 at the recalls 0 … 0.5, 51 of 101.
    let found = errors([object(place), object(nowhere)], [detection(place, 0.9)])
    #expect(counts(found) == [.missed: 1])
    #expect(near(found.all.ap.value, 51 / 101.0))
    #expect(near(found.all[.missed].cost.value, 50 / 101.0))
  }

  @Test func onlyTheBestDetectionThatPointsAtAnObjectIsMended() {
    // The better one is of another class; mending localisation then gives the object to nobody.
    let found = errors(
      [object(place)], [detection(part, 0.8), detection(place, 0.9, category: 1)])
    #expect(counts(found) == [.localisation: 1, .classification: 1])
    #expect(found.perClass[0][.localisation].cost.value == 0)
    #expect(found.perClass[0][.classification].cost.value == 1)
  }

  @Test func detectionOnACrowdDoesNotCount() {
    let found = errors(
      [object(place), object(box(190, 0, 100, 100), crowd: true)],
      [detection(place, 0.8), detection(nowhere, 0.9)])
    #expect(found.all.ap.value == 1 && found.all.falsePositives.count == 0)
    #expect(found.all[.background].count == 1 && found.all[.background].ignored == 1)
  }

  @Test func onlyAHundredDetectionsOfAnImageAreLookedAt() {
    let crowd = (0..<100).map { _ in detection(nowhere, 0.9, category: 1) }
    let found = errors([object(place)], crowd + [detection(place, 0.8)])
    #expect(found.all[.background].count == 100 && found.all[.missed].count == 1)
  }

  @Test func withoutObjectsAndDetectionsNothingIsDefined() {
    let found = errors([], [])
    #expect(found.all.ap.value == nil && found.all[.missed].cost.value == nil)
  }
}
