import Evaluation
import Testing

@Suite struct CocoPairingTests {
  private func object(
    _ x: Double, category: Int = 0, isIgnored: Bool = false, isCrowd: Bool = false
  ) -> CocoObject {
    CocoObject(
      image: 0, category: category, box: box(x, 0, 10, 10), isCrowd: isCrowd, isIgnored: isIgnored)
  }

  private func detection(_ x: Double, _ score: Double, category: Int = 0) -> CocoDetection {
    CocoDetection(image: 0, category: category, box: box(x, 0, 10, 10), score: score)
  }

  @Test func bestScoreChoosesFirst() {
    // Both reach the object: 9 / 11 and 10 / 10.
    let pairing = CocoPairing(
      [object(0)], [detection(0, 0.5), detection(1, 0.9)], overlap: 0.5)
    #expect(pairing.objectOfDetection == [nil, 0])
    #expect(pairing.detectionOfObject == [1])
  }

  @Test func greatestOverlapIsTakenAndClassesDoNotMix() {
    let objects = [object(0), object(2), object(0, category: 1)]
    let pairing = CocoPairing(
      objects, [detection(1.5, 0.9), detection(0, 0.8, category: 1), detection(1.5, 0.7)],
      overlap: 0.5)
    #expect(pairing.objectOfDetection == [1, 2, 0])
    #expect(pairing.detectionOfObject == [2, 0, 1])
  }

  @Test func ignoredObjectsComeLastAndCrowdsStayFree() {
    let objects = [object(0, isCrowd: true), object(1), object(30, isIgnored: true)]
    let detections = [detection(0, 0.9), detection(0, 0.8), detection(0, 0.7), detection(30, 0.6)]
    let pairing = CocoPairing(objects, detections, overlap: 0.5)
    #expect(pairing.objectOfDetection == [1, 0, 0, 2])
    #expect(pairing.detectionOfObject == [1, 0, 3])
  }

  /// The mean over classes of the share of objects taken is COCO's recall.
  @Test func pairsAreThoseOfRecall() throws {
    let (truth, detections) = madeUpSet(seed: 11)
    let metrics = CocoEvaluator(CocoSettings(overlapThresholds: [0.5])).evaluate(truth, detections)
    var counted = [Int](repeating: 0, count: 4)
    var taken = counted
    for image in truth.imageIDs.indices {
      let objects = truth.objects.filter { $0.image == image }
      let pairing = CocoPairing(
        objects, detections.filter { $0.image == image }, overlap: 0.5)
      for (object, detection) in zip(objects, pairing.detectionOfObject) where !object.isIgnored {
        counted[object.category] += 1
        taken[object.category] += detection == nil ? 0 : 1
      }
    }
    let recall = zip(taken, counted).reduce(0) { $0 + Double($1.0) / Double($1.1) } / 4
    #expect(recall > 0.3 && recall < 1)
    #expect(near(metrics.ar100, recall))
  }
}
