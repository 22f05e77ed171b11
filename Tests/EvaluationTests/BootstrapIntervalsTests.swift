import Evaluation
import Testing

struct BootstrapIntervalsTests {
  private let place = box(0, 0, 10, 10)

  /// Images with one object each, of which the first `found` have it detected.
  private func set(images: Int, found: Int) -> (CocoTruth, [CocoDetection]) {
    let objects = (0..<images).map { CocoObject(image: $0, category: 0, box: place) }
    let detections = (0..<found).map {
      CocoDetection(image: $0, category: 0, box: place, score: 0.5)
    }
    return (CocoTruth(labels: ["a"], imageCount: images, objects: objects), detections)
  }

  @Test func twoImagesGiveThreeSets() {
    // Drawn: the found one twice, AP 1; the other twice, 0; each once, 51/101 (recalls 0 … 0.5).
    let (truth, detections) = set(images: 2, found: 1)
    let intervals = BootstrapIntervals(truth, detections, resampling: Resampling(count: 400))
    #expect(intervals.ap.low.value == 0 && intervals.ap.high.value == 1)
    // Variance: (1/4 + 2/4 · (51/101)²) − (1/4 + 2/4 · 51/101)² = 0.125, about.
    #expect(abs((intervals.ap.standardError.value ?? 0) - 0.3536) < 0.03)
    #expect(intervals.ap == intervals.ap50 && intervals.images == 2)
  }

  @Test func perfectRunHasNoSpread() {
    let (truth, detections) = set(images: 5, found: 5)
    let ap = BootstrapIntervals(truth, detections, resampling: Resampling(count: 50)).ap
    #expect(ap.low.value == 1 && ap.high.value == 1 && ap.standardError.value == 0)
  }

  @Test func intervalHoldsTheFigureAndDependsOnTheSeedAlone() throws {
    let (truth, detections) = madeUpSet(seed: 3)
    let metrics = CocoEvaluator().evaluate(truth, detections)
    func intervals(_ seed: UInt64) -> BootstrapIntervals {
      BootstrapIntervals(truth, detections, resampling: Resampling(count: 200, seed: seed))
    }
    let first = intervals(1)
    #expect(first == intervals(1) && first.ap != intervals(2).ap)
    let (low, high) = (try #require(first.ap.low.value), try #require(first.ap.high.value))
    #expect(low < metrics.ap! && metrics.ap! < high && high - low > 0.01)
  }

  @Test func setsWithoutObjectsAreLeftOutAndCounted() {
    // One of two images has objects: a quarter of the sets have none.
    let truth = CocoTruth(
      labels: ["a"], imageCount: 2, objects: [CocoObject(image: 0, category: 0, box: place)])
    let ap = BootstrapIntervals(truth, [], resampling: Resampling(count: 400)).ap
    #expect((60..<140).contains(ap.undefined) && ap.high.value == 0)
  }

  @Test func overlapThatWasNotEvaluatedHasNoInterval() {
    let (truth, detections) = set(images: 3, found: 2)
    let intervals = BootstrapIntervals(
      truth, detections, settings: CocoSettings(overlapThresholds: [0.5]),
      resampling: Resampling(count: 10))
    #expect(intervals.ap75.low.value == nil && intervals.ap50 == intervals.ap)
  }
}

struct PairedComparisonTests {
  @Test func sameRunTwiceDoesNotDiffer() {
    let (truth, detections) = madeUpSet(seed: 1)
    let ap = PairedComparison(
      truth, detections, against: detections, resampling: Resampling(count: 40)
    ).ap
    #expect(ap.difference.value == 0 && ap.pValue.value == 1)
    #expect(ap.interval.low.value == 0 && ap.interval.high.value == 0)
  }

  @Test func figuresAreThoseOfEachRunAlone() {
    let (truth, detections) = madeUpSet(seed: 1)
    let others = detections.filter { $0.score > 0.4 }
    let found = PairedComparison(
      truth, detections, against: others, resampling: Resampling(count: 10))
    let (first, second) = (
      CocoEvaluator().evaluate(truth, detections), CocoEvaluator().evaluate(truth, others)
    )
    #expect(near(found.ap.first.value, first.ap!) && near(found.ap.second.value, second.ap!))
    #expect(near(found.ap50.first.value, first.ap50!))
    #expect(near(found.ap75.second.value, second.ap75!))
    #expect(near(found.ap.difference.value, first.ap! - second.ap!))
  }

  @Test func betterRunIsTheLeastLikelyByChance() {
    // Of 12 images every one is right in one run and wrong in the other: only sets with all or no
    // images swapped, 2 of 4,096, differ as much.
    let place = box(0, 0, 10, 10)
    let truth = CocoTruth(
      labels: ["a"], imageCount: 12,
      objects: (0..<12).map { CocoObject(image: $0, category: 0, box: place) })
    let right = (0..<12).map { CocoDetection(image: $0, category: 0, box: place, score: 0.9) }
    let found = PairedComparison(truth, right, against: [], resampling: Resampling(count: 99)).ap
    #expect(found.difference.value == 1 && found.pValue.value == 0.01)
    let reverse = PairedComparison(truth, [], against: right, resampling: Resampling(count: 99)).ap
    #expect(reverse.difference.value == -1 && reverse.pValue.value == 0.01)
  }
}
