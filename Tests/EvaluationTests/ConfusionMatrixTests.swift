import Evaluation
import Testing

/// Matrices worked by hand: two classes, the third row and column are background.
struct ConfusionMatrixTests {
  private let place = box(0, 0, 10, 10)
  private let nowhere = box(200, 0, 10, 10)

  private func matrix(_ objects: [CocoObject], _ detections: [CocoDetection]) -> [[Int]] {
    ConfusionMatrix(
      CocoTruth(labels: ["a", "b"], imageCount: 2, objects: objects), detections
    ).counts
  }

  private func object(_ category: Int, _ box: CocoBox, crowd: Bool = false) -> CocoObject {
    CocoObject(image: 0, category: category, box: box, isCrowd: crowd)
  }

  private func detection(
    _ category: Int, _ box: CocoBox, _ score: Double = 0.9, image: Int = 0
  ) -> CocoDetection {
    CocoDetection(image: image, category: category, box: box, score: score)
  }

  @Test func findsErrorsMissesAndGhostsHaveTheirCells() {
    let counts = matrix(
      [object(0, place), object(0, box(20, 0, 10, 10)), object(1, box(40, 0, 10, 10))],
      [
        detection(0, place), detection(1, box(20, 0, 10, 10)), detection(1, nowhere),
        detection(0, nowhere, image: 1),
      ])
    #expect(counts == [[1, 1, 0], [0, 0, 1], [1, 1, 0]])
  }

  @Test func greatestOverlapMatchesFirstWhateverItsScoreAndClass() {
    // b covers the object of a whole, a only 8 of 10 columns.
    let counts = matrix(
      [object(0, place)], [detection(0, box(0, 0, 8, 10), 0.9), detection(1, place, 0.3)])
    #expect(counts == [[0, 1, 0], [0, 0, 0], [1, 0, 0]])
  }

  @Test func ofEqualOverlapsTheHigherScoreMatches() {
    let counts = matrix([object(0, place)], [detection(0, place, 0.3), detection(1, place, 0.9)])
    #expect(counts == [[0, 1, 0], [0, 0, 0], [1, 0, 0]])
  }

  @Test func overlapOfOneHalfMatchesAndLessDoesNot() {
    #expect(
      matrix([object(0, place)], [detection(0, box(0, 0, 5, 10))])
        == [[1, 0, 0], [0, 0, 0], [0, 0, 0]])
    #expect(
      matrix([object(0, place)], [detection(0, box(0, 0, 4.9, 10))])
        == [[0, 0, 1], [0, 0, 0], [1, 0, 0]])
  }

  @Test func lowScoresAreNotLookedAt() {
    #expect(
      matrix([object(0, place)], [detection(0, place, 0.24)])
        == [[0, 0, 1], [0, 0, 0], [0, 0, 0]])
    #expect(
      matrix([object(0, place)], [detection(0, place, 0.25)])
        == [[1, 0, 0], [0, 0, 0], [0, 0, 0]])
  }

  @Test func crowdsAndWhatLiesOnThemDoNotCount() {
    let counts = matrix(
      [object(0, box(0, 0, 100, 100), crowd: true)],
      [detection(0, place), detection(1, box(20, 20, 10, 10)), detection(1, nowhere)])
    #expect(counts == [[0, 0, 0], [0, 0, 0], [0, 1, 0]])
  }
}
