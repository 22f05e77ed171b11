import Evaluation
import Testing

/// Curves worked by hand; sides are 10.
struct CurveEvaluatorTests {
  private let place = box(0, 0, 10, 10)
  private let other = box(50, 0, 10, 10)
  private let nowhere = box(200, 0, 10, 10)

  private func truth(_ objects: [CocoObject], labels: [String] = ["a"]) -> CocoTruth {
    CocoTruth(labels: labels, imageCount: 1, objects: objects)
  }

  private func object(_ box: CocoBox, category: Int = 0, crowd: Bool = false) -> CocoObject {
    CocoObject(image: 0, category: category, box: box, isCrowd: crowd)
  }

  private func detection(_ box: CocoBox, _ score: Double, category: Int = 0) -> CocoDetection {
    CocoDetection(image: 0, category: category, box: box, score: score)
  }

  @Test func everyScoreIsAPoint() throws {
    // Hit, miss, hit of 2 objects: F1 = 2 · 1 / (1 + 2), 2 · 1 / (2 + 2), 2 · 2 / (3 + 2).
    let curve = CurveEvaluator().evaluate(
      truth([object(place), object(other)]),
      [detection(place, 0.9), detection(nowhere, 0.8), detection(other, 0.7)]
    ).perClass[0]
    #expect(
      curve.points == [
        CurvePoint(score: 0.9, recall: 0.5, precision: 1, f1: 2 / 3.0),
        CurvePoint(score: 0.8, recall: 0.5, precision: 0.5, f1: 0.5),
        CurvePoint(score: 0.7, recall: 1, precision: 2 / 3.0, f1: 0.8),
      ])
    #expect(curve.best == curve.points[2] && curve.instances == 2)
  }

  @Test func equalScoresAreOnePoint() {
    let curve = CurveEvaluator().evaluate(
      truth([object(place)]), [detection(place, 0.5), detection(nowhere, 0.5)]
    ).perClass[0]
    #expect(curve.points.map(\.precision) == [0.5])
  }

  @Test func ofEqualF1TheHigherScoreIsBest() {
    // 2 · 1 / (1 + 2) = 2 · 2 / (4 + 2).
    let curve = CurveEvaluator().evaluate(
      truth([object(place), object(other)]),
      [
        detection(place, 0.9), detection(nowhere, 0.8), detection(nowhere, 0.7),
        detection(other, 0.6),
      ]
    ).perClass[0]
    #expect(curve.points[0].f1 == curve.points[3].f1)
    #expect(curve.best?.score == 0.9)
  }

  @Test func crowdsDoNotCount() {
    let curve = CurveEvaluator().evaluate(
      truth([object(box(190, 0, 100, 100), crowd: true), object(place)]),
      [detection(nowhere, 0.9), detection(place, 0.8)]
    ).perClass[0]
    #expect(curve.points == [CurvePoint(score: 0.8, recall: 1, precision: 1, f1: 1)])
  }

  @Test func allClassesAreRankedTogether() {
    // Class a: hit at 0.9; class b: miss at 0.8, no object found.
    let curves = CurveEvaluator().evaluate(
      truth([object(place), object(other, category: 1)], labels: ["a", "b"]),
      [detection(place, 0.9), detection(nowhere, 0.8, category: 1)])
    #expect(curves.all.instances == 2 && curves.all.points.count == 2)
    #expect(curves.all.points[1].precision == 0.5 && curves.all.points[1].recall == 0.5)
    #expect(curves.perClass.map(\.label) == ["a", "b"])
  }

  @Test func classWithoutObjectsHasNoCurve() {
    let curve = CurveEvaluator().evaluate(truth([]), [detection(place, 0.9)]).perClass[0]
    #expect(curve.points.isEmpty && curve.best == nil && curve.instances == 0)
  }

  @Test func longCurvesKeepTheirEndsAndTheirBest() {
    var evaluator = CurveEvaluator()
    evaluator.largestPointCount = 3
    // The second of forty is the best.
    let found =
      [detection(nowhere, 0.9), detection(place, 0.8)]
      + (0..<38).map { detection(nowhere, 0.7 - 0.01 * Double($0)) }
    let curve = evaluator.evaluate(truth([object(place)]), found).perClass[0]
    #expect(curve.points.map(\.score) == curve.points.map(\.score).sorted(by: >))
    #expect(curve.points.count == 4)
    #expect(curve.points[0].score == 0.9 && curve.points[1] == curve.best)
    #expect(curve.points[3].precision == 1 / 40.0)
  }
}
