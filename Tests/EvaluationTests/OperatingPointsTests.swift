import Evaluation
import Testing

/// Operating points worked by hand; two images, two objects: hit, miss, hit, miss.
struct OperatingPointsTests {
  private let place = box(0, 0, 10, 10)
  private let nowhere = box(200, 0, 10, 10)

  private func point(_ target: OperatingTarget, labels: [String] = ["a"]) -> OperatingPoint {
    let objects = [0, 1].map { CocoObject(image: $0, category: 0, box: place) }
    let detections = [(0, place, 0.9), (0, nowhere, 0.8), (1, place, 0.7), (1, nowhere, 0.6)]
    let points = OperatingPoints(
      CocoTruth(labels: labels, imageCount: 2, objects: objects),
      detections.map { CocoDetection(image: $0.0, category: 0, box: $0.1, score: $0.2) },
      [target])
    return points.targets[0].perClass.last!
  }

  @Test func precisionIsReachedAtTheGreatestRecall() {
    // Precisions 1, 1/2, 2/3, 1/2: from 0.6 on it holds at 0.9 and again, further down, at 0.7.
    #expect(point(.precision(0.6)).score.value == 0.7)
    #expect(point(.precision(0.6)).recall.value == 1)
    #expect(point(.precision(0.7)).score.value == 0.9)
    // At 0.6 precision is 1/2 as well, and recall no greater than at 0.7.
    #expect(point(.precision(0.5)).score.value == 0.7)
  }

  @Test func recallIsReachedAtTheHighestScore() {
    #expect(point(.recall(0.5)).score.value == 0.9)
    #expect(point(.recall(0.51)).score.value == 0.7)
    #expect(near(point(.recall(0.51)).f1.value, 4 / 5.0))
  }

  @Test func falsePositivesAreCountedPerImage() {
    // None at 0.9, one in two images at 0.8 and 0.7, two at 0.6.
    #expect(point(.falsePositivesPerImage(0)).score.value == 0.9)
    #expect(point(.falsePositivesPerImage(0.5)).score.value == 0.7)
    #expect(point(.falsePositivesPerImage(0.5)).falsePositivesPerImage.value == 0.5)
  }

  @Test func whatIsNotReachedSaysSo() {
    let empty = OperatingPoints(
      CocoTruth(
        labels: ["a"], imageCount: 1,
        objects: [
          CocoObject(image: 0, category: 0, box: place)
        ]),
      [CocoDetection(image: 0, category: 0, box: nowhere, score: 0.9)],
      [.precision(0.1), .recall(0.1), .falsePositivesPerImage(0.9)])
    #expect(empty.targets.allSatisfy { !$0.all.isReached && $0.all.instances == 1 })
  }

  @Test func classWithoutObjectsHasNoPoint() {
    let none = point(.falsePositivesPerImage(9), labels: ["a", "b"])
    #expect(none.label == "b" && none.instances == 0 && !none.isReached)
  }
}
