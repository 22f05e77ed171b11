import Evaluation
import Testing

/// Calibrations worked by hand; sides are 10.
struct CalibrationTests {
  private let place = box(0, 0, 10, 10)
  private let nowhere = box(200, 0, 10, 10)

  private func calibration(
    _ detections: [(CocoBox, Double)], bins: Int = 4, crowd: CocoBox? = nil
  ) -> Calibration {
    var objects = [CocoObject(image: 0, category: 0, box: place)]
    if let crowd { objects.append(CocoObject(image: 0, category: 0, box: crowd, isCrowd: true)) }
    return Calibration(
      CocoTruth(labels: ["a"], imageCount: 1, objects: objects),
      detections.map { CocoDetection(image: 0, category: 0, box: $0.0, score: $0.1) },
      binCount: bins)
  }

  @Test func errorIsTheMeanGapWeighedByDetections() {
    // Bin 3 … 4: score 0.9, right; gap 0.1. Bin 1 … 2: scores 0.3 and 0.5, none right; gap 0.4.
    // (1 · 0.1 + 2 · 0.4) / 3.
    let found = calibration([(place, 0.9), (nowhere, 0.3), (nowhere, 0.5)])
    #expect(near(found.all.expectedError.value, 0.3))
    #expect(near(found.all.greatestError.value, 0.4))
    #expect(found.all.bins.map(\.detections) == [0, 2, 0, 1])
    #expect(near(found.all.bins[1].gap, 0.4) && near(found.all.bins[3].gap, -0.1))
    #expect(found.all.bins[0].gap == nil && found.perClass[0].label == "a")
  }

  @Test func scoresOnAnEdgeBelongBelow() {
    let edges = [0, 0.25, 0.5, 0.75, 1].map { (nowhere, $0) }
    #expect(calibration(edges).all.bins.map(\.detections) == [2, 1, 1, 1])
    // i / 10 and its next lower neighbour share a bin, whatever the product with 10 rounds to.
    for edge in (1...10).map({ Double($0) / 10 }) {
      let bins = calibration([(nowhere, edge), (nowhere, edge.nextDown)], bins: 10).all.bins
      #expect(bins.map(\.detections).max() == 2, "\(edge)")
    }
  }

  @Test func detectionsOnCrowdsDoNotCount() {
    let found = calibration([(nowhere, 0.9)], crowd: box(190, 0, 100, 100))
    #expect(found.all.detections == 0 && found.all.expectedError.value == nil)
  }
}
