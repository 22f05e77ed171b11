import Evaluation
import Testing

/// Small cases worked by hand. An object's area is its box's unless given, sides are 10, so that
/// everything is small and nothing medium or large.
struct CocoEvaluatorTests {
  private func object(_ box: CocoBox, image: Int = 0, area: Double? = nil, crowd: Bool = false)
    -> CocoObject
  {
    CocoObject(image: image, category: 0, box: box, area: area, isCrowd: crowd)
  }

  private func detection(_ box: CocoBox, _ score: Double, image: Int = 0) -> CocoDetection {
    CocoDetection(image: image, category: 0, box: box, score: score)
  }

  @Test func overlapCountsAtTheThresholdsItReaches() {
    // 8 of 10 columns: 80 / 100 = 0.8, which reaches 0.5, 0.55, …, 0.8: 7 of 10 thresholds.
    let result = metrics([object(box(0, 0, 10, 10))], [detection(box(0, 0, 8, 10), 0.9)])
    #expect(near(result.ap, 0.7))
    #expect(near(result.ap50, 1))
    #expect(near(result.ap75, 1))
    #expect(near(result.ar1, 0.7))
    #expect(result.apMedium == nil && result.arLarge == nil)
  }

  @Test func precisionIsReadAtHundredAndOneRecalls() {
    // Ranking: hit, miss, hit of 2 objects. Recall 0.5 at precision 1, recall 1 at precision 2/3.
    // Recalls 0 … 0.50 are 51 values, 0.51 … 1 are 50: AP = (51 + 50 · 2/3) / 101.
    let result = metrics(
      [object(box(0, 0, 10, 10)), object(box(50, 0, 10, 10))],
      [
        detection(box(0, 0, 10, 10), 0.9), detection(box(200, 0, 10, 10), 0.8),
        detection(box(50, 0, 10, 10), 0.7),
      ])
    #expect(near(result.ap, (51 + 50 * 2 / 3) / 101))
    // At one detection an image, one object of two.
    #expect(result.ar1 == 0.5)
    #expect(result.ar10 == 1)
  }

  @Test func anObjectIsFoundOnce() {
    // The second detection of the same object is a miss ranked above the find in image 2:
    // precision 1 up to recall ½, then 2/3.
    let place = box(0, 0, 10, 10)
    let result = metrics(
      images: 2, [object(place), object(place, image: 1)],
      [detection(place, 0.9), detection(place, 0.8), detection(place, 0.7, image: 1)])
    #expect(near(result.ap50, (51 + 50 * 2 / 3) / 101))
  }

  @Test func crowdTakesAnyNumberOfDetectionsAndNoneCounts() {
    // Both detections lie inside the crowd (overlap over their own area is 1) and rank above the
    // find; were they counted, precision would be 1/3.
    let result = metrics(
      [object(box(100, 100, 200, 200), crowd: true), object(box(0, 0, 10, 10))],
      [
        detection(box(110, 110, 20, 20), 0.9), detection(box(150, 150, 20, 20), 0.8),
        detection(box(0, 0, 10, 10), 0.7),
      ])
    #expect(near(result.ap, 1))
    #expect(result.perClass[0].instances == 1)
  }

  @Test func ignoredObjectIsTakenOnce() {
    // A difficult object excuses its first detection; the second is a miss above the find: 1/2.
    var difficult = object(box(100, 0, 10, 10))
    difficult.isIgnored = true
    let result = metrics(
      [difficult, object(box(0, 0, 10, 10))],
      [
        detection(box(100, 0, 10, 10), 0.9), detection(box(100, 0, 10, 10), 0.8),
        detection(box(0, 0, 10, 10), 0.7),
      ])
    #expect(near(result.ap, 0.5))
  }

  @Test func countingObjectGoesBeforeABetterIgnoredOne() {
    // The crowd's overlap is 100 / 100 = 1, the object's 80 / 100; the object is taken all the same.
    let result = metrics(
      [object(box(0, 0, 40, 40), crowd: true), object(box(0, 0, 8, 10))],
      [detection(box(0, 0, 10, 10), 0.9)])
    #expect(near(result.ar100, 0.7))
  }

  @Test func truthsAreaFieldDecidesItsSizeAndTheBoxTheDetections() {
    // A mask of 900 in a box of 1600 is a small object. At AP-medium nothing counts: nil, though a
    // detection of 1600 is there.
    let result = metrics(
      [object(box(0, 0, 40, 40), area: 900)], [detection(box(0, 0, 40, 40), 0.9)])
    #expect(near(result.apSmall, 1))
    #expect(result.apMedium == nil)
  }

  @Test func areaOfThirtyTwoSquaredIsSmallAndMedium() {
    let result = metrics([object(box(0, 0, 32, 32))], [detection(box(0, 0, 32, 32), 0.9)])
    #expect(result.arSmall == 1 && result.arMedium == 1 && result.arLarge == nil)
  }

  @Test func unmatchedDetectionOutsideTheRangeIsNoMiss() {
    // A miss of 100² ranks above the find of 10²: precision 1/2 over all, 1 among small ones.
    let result = metrics(
      [object(box(0, 0, 10, 10))],
      [detection(box(200, 200, 100, 100), 0.9), detection(box(0, 0, 10, 10), 0.8)])
    #expect(near(result.ap, 0.5))
    #expect(near(result.apSmall, 1))
  }

  @Test func onlyTheBestHundredOfAnImageCount() {
    // 100 misses rank above the find, which is the image's 101st and never seen.
    let misses = (0..<100).map { detection(box(200, 10 * Double($0), 10, 10), 0.9) }
    let find = detection(box(0, 0, 10, 10), 0.5)
    #expect(metrics([object(box(0, 0, 10, 10))], misses + [find]).ar100 == 0)
    #expect(metrics([object(box(0, 0, 10, 10))], misses.dropLast() + [find]).ar100 == 1)
  }

  @Test func equalScoresRankAsTheyCame() {
    // Hit then miss: precision 1. Miss then hit: 1/2.
    let hit = detection(box(0, 0, 10, 10), 0.5)
    let miss = detection(box(200, 0, 10, 10), 0.5)
    #expect(near(metrics([object(box(0, 0, 10, 10))], [hit, miss]).ap, 1))
    #expect(near(metrics([object(box(0, 0, 10, 10))], [miss, hit]).ap, 0.5))
  }

  @Test func equalScoresOfTwoImagesRankByImageID() {
    var truth = CocoTruth(labels: ["a"], imageCount: 2, objects: [object(box(0, 0, 10, 10))])
    let found = [
      detection(box(0, 0, 10, 10), 0.5), detection(box(200, 0, 10, 10), 0.5, image: 1),
    ]
    #expect(near(CocoEvaluator().evaluate(truth, found).ap, 1))
    truth.imageIDs = [7, 3]
    #expect(near(CocoEvaluator().evaluate(truth, found).ap, 0.5))
  }

  @Test func boxWithoutAreaMatchesNothing() {
    let point = box(5, 5, 0, 0)
    let result = metrics([object(point)], [detection(point, 0.9)])
    #expect(result.ap == 0 && result.ar100 == 0)
  }

  @Test func nothingIsDefinedWithoutObjects() {
    let result = metrics([], [detection(box(0, 0, 10, 10), 0.9)])
    #expect(result.figures.count == 12)
    #expect(result.figures.allSatisfy { $0.value == nil })
    #expect(result.perClass[0].ap == nil && result.perClass[0].instances == 0)
  }

  @Test func nothingDetectedIsZero() {
    let result = metrics([object(box(0, 0, 10, 10))], [])
    #expect(result.ap == 0 && result.ar100 == 0)
  }

  @Test func curveFallsFromStepToStep() throws {
    let truth = CocoTruth(
      labels: ["a"], imageCount: 1,
      objects: [object(box(0, 0, 10, 10)), object(box(50, 0, 10, 10))])
    let table = CocoEvaluator().accumulate(truth, [detection(box(0, 0, 10, 10), 0.9)])
    // Recall 0.5 is reached at precision 1, nothing beyond.
    let curve = try #require(table.curve(category: 0, overlap: 0.5))
    #expect(curve.count == 101)
    #expect(curve[0...50].allSatisfy { abs($0 - 1) < 1e-12 })
    #expect(curve[51...].allSatisfy { $0 == 0 })
  }

  @Test func settingsOfOnesOwnAreEvaluated() {
    // 0.3 of the object: found from threshold 0.25 on, not from 0.5.
    let settings = CocoSettings(overlapThresholds: [0.25, 0.5], detectionLimits: [1, 300])
    let truth = CocoTruth(labels: ["a"], imageCount: 1, objects: [object(box(0, 0, 10, 10))])
    let result = CocoEvaluator(settings).evaluate(truth, [detection(box(0, 0, 3, 10), 0.9)])
    #expect(near(result.ap, 0.5))
    #expect(result.ap50 == 0 && result.ap75 == nil && result.ar100 == nil)
  }
}
