import Evaluation
import Testing

/// What must hold on any set.
struct CocoPropertyTests {
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func detectingTheTruthGivesOne(seed: UInt64) {
    let truth = madeUpSet(seed: seed).truth
    let perfect = truth.objects.map {
      CocoDetection(image: $0.image, category: $0.category, box: $0.box, score: 0.5)
    }
    for figure in CocoEvaluator().evaluate(truth, perfect).figures
    where !["AR1", "AR10"].contains(figure.name) {
      #expect(abs((figure.value ?? 0) - 1) < 1e-12, "\(figure)")
    }
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func orderOfImagesIsIrrelevant(seed: UInt64) {
    let (truth, detections) = madeUpSet(seed: seed)
    let count = truth.imageIDs.count
    var turned = truth
    turned.imageIDs = truth.imageIDs.reversed()
    for index in turned.objects.indices {
      turned.objects[index].image = count - 1 - truth.objects[index].image
    }
    let turnedDetections = detections.map { detection in
      var turned = detection
      turned.image = count - 1 - detection.image
      return turned
    }
    expectEqual(truth, detections, turned, turnedDetections)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func orderOfDetectionsIsIrrelevantWithoutEqualScores(seed: UInt64) {
    let (truth, detections) = madeUpSet(seed: seed)
    expectEqual(truth, detections, truth, detections.reversed())
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func classesOnlyChangePlaces(seed: UInt64) {
    let (truth, detections) = madeUpSet(seed: seed)
    let order = [2, 0, 3, 1]
    var permuted = truth
    for (category, place) in order.enumerated() {
      permuted.categories[place] = truth.categories[category]
    }
    for index in permuted.objects.indices {
      permuted.objects[index].category = order[truth.objects[index].category]
    }
    let permutedDetections = detections.map { detection in
      var permuted = detection
      permuted.category = order[detection.category]
      return permuted
    }
    let before = CocoEvaluator().evaluate(truth, detections)
    let after = CocoEvaluator().evaluate(permuted, permutedDetections)
    for (category, place) in order.enumerated() {
      #expect(before.perClass[category] == after.perClass[place])
    }
    expectClose(before, after)
  }

  private func expectEqual(
    _ truth: CocoTruth, _ detections: [CocoDetection], _ otherTruth: CocoTruth,
    _ otherDetections: [CocoDetection]
  ) {
    expectClose(
      CocoEvaluator().evaluate(truth, detections),
      CocoEvaluator().evaluate(otherTruth, otherDetections))
  }
}
