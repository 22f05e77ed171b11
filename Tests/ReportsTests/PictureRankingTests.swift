import Evaluation
import Reports
import Testing

@Suite struct PictureRankingTests {
  private func box(_ x: Double) -> CocoBox { CocoBox(x: x, y: 0, width: 10, height: 10) }

  private func object(_ image: Int, _ x: Double, isIgnored: Bool = false) -> CocoObject {
    CocoObject(image: image, category: 0, box: box(x), isIgnored: isIgnored)
  }

  private func detection(_ image: Int, _ x: Double, _ score: Double = 0.9) -> CocoDetection {
    CocoDetection(image: image, category: 0, box: box(x), score: score)
  }

  private func ranking(_ objects: [CocoObject], _ detections: [CocoDetection], images: Int)
    -> PictureRanking
  {
    PictureRanking(
      CocoTruth(labels: ["a"], imageCount: images, objects: objects), detections, score: 0.5)
  }

  @Test func errorsAreMissesAndFalseDetections() {
    let ranking = ranking(
      [object(0, 0), object(0, 50), object(0, 100)],
      [detection(0, 0), detection(0, 200), detection(0, 300), detection(0, 50, 0.4)], images: 1)
    let entry = ranking.entries[0]
    // Objects 1 and 2 are missed, since 0.4 is below 0.5; detections 1 and 2 hit nothing.
    #expect(entry.missed == [1, 2] && entry.wrong == [1, 2] && entry.found == 1)
    #expect(entry.detections.count == 3 && entry.errors == 4)
  }

  @Test func ignoredObjectsAndWhatHitsThemCountForNothing() {
    let entry = ranking([object(0, 0, isIgnored: true)], [detection(0, 0)], images: 1).entries[0]
    #expect(entry.errors == 0 && entry.found == 0)
  }

  /// Picture 0: 1 found, 1 missed; 1: 2 missed; 2: 2 found; 3: 1 found; 4: empty; 5: 1 of 2 too.
  private var several: PictureRanking {
    ranking(
      [
        object(0, 0), object(0, 50), object(1, 0), object(1, 50), object(2, 0), object(2, 50),
        object(3, 0), object(5, 0), object(5, 50),
      ],
      [
        detection(0, 0), detection(2, 0), detection(2, 50), detection(3, 0), detection(5, 0),
      ], images: 6)
  }

  @Test func mostErrorsAreWorstAndMostFoundAreBest() {
    let ranking = several
    #expect(ranking.worst(9).map(\.image) == [1, 0, 5])
    #expect(ranking.best(9).map(\.image) == [2, 3, 0, 5])
    #expect(ranking.best(9, without: ranking.worst(2)).map(\.image) == [2, 3, 5])
    #expect(ranking.best(1).map(\.image) == [2])
  }
}
