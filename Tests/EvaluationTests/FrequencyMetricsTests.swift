import Evaluation
import Testing

struct FrequencyMetricsTests {
  private let place = box(0, 0, 10, 10)

  /// One object of every class in the first image; those of even index are found.
  private func table(classes: Int) -> PrecisionTable {
    let objects = (0..<classes).map { CocoObject(image: 0, category: $0, box: place) }
    let found = stride(from: 0, to: classes, by: 2).map {
      CocoDetection(image: 0, category: $0, box: place, score: 0.9)
    }
    let labels = (0..<classes).map { "class \($0)" }
    return CocoEvaluator().accumulate(
      CocoTruth(labels: labels, imageCount: 1, objects: objects), found)
  }

  @Test func boundsAreThoseOfLVIS() {
    let metrics = FrequencyMetrics(
      table(classes: 7), trainingImages: [0, 1, 10, 11, 100, 101, 5000])
    #expect(metrics.groups.map(\.name) == ["unseen", "rare", "common", "frequent"])
    #expect(metrics.groups.map(\.classes) == [1, 2, 2, 2])
    // Class 0 alone; 1 missed, 2 found; 3 missed, 4 found; 5 missed, 6 found.
    #expect(near(metrics.groups[0].ap.value, 1))
    for group in metrics.groups.dropFirst() {
      #expect(near(group.ap.value, 0.5) && near(group.ar.value, 0.5), "\(group)")
    }
  }

  @Test func groupWithoutClassesIsUndefined() {
    let metrics = FrequencyMetrics(table(classes: 1), trainingImages: [500])
    #expect(metrics.groups[1].ap.value == nil && metrics.groups[1].instances == 0)
    #expect(near(metrics.groups[3].ap.value, 1))
  }

  @Test func imagesAreCountedOnceAndCrowdsNot() throws {
    let objects = [
      CocoObject(image: 0, category: 0, box: place), CocoObject(image: 0, category: 0, box: place),
      CocoObject(image: 1, category: 0, box: place),
      CocoObject(image: 1, category: 1, box: place, isCrowd: true),
    ]
    let training = CocoTruth(labels: ["a", "b"], imageCount: 2, objects: objects)
    #expect(training.imagesPerCategory == [2, 0])
    // Found by id, whatever their order; a category that training lacks has no images.
    var other = CocoTruth(labels: ["a", "b"], imageCount: 0, objects: [])
    other.categories = [
      CocoCategory(id: 9, label: "c"), CocoCategory(id: 2, label: "b"),
      CocoCategory(id: 1, label: "a"),
    ]
    #expect(try training.imagesPerCategory(of: other, file: "t.json") == [0, 0, 2])
    other.categories[1].label = "z"
    #expect(
      throws: EvaluationError.otherCategory(file: "t.json", id: 2, label: "b", expected: "z")
    ) { try training.imagesPerCategory(of: other, file: "t.json") }
  }
}
