import Boxes
import Detectors
import Evaluation
import Explanations
import Images
import RandomNumbers
import ReceptiveFields
import Testing

/// A crowded picture drawn at random: objects, and boxes near and far from them.
private struct Scene {
  var objects: [ExaminedObject] = []
  var candidates: [Detection] = []
  /// Of every other scene.
  var proposals: [Box]?

  init(_ number: Int) {
    var draw = KeyedGenerator(seed: 3, purpose: "explained scenes", number)
    func place(_ side: ClosedRange<Double>) -> Box {
      Box(
        centerX: Float(draw.uniform(0, 100)), centerY: Float(draw.uniform(0, 100)),
        width: Float(draw.uniform(side.lowerBound, side.upperBound)),
        height: Float(draw.uniform(side.lowerBound, side.upperBound))
      ).clipped(to: Box(left: 0, top: 0, right: 100, bottom: 100))
    }
    for _ in 0..<12 {
      let box = place(draw.chance(0.1) ? 2...6 : 5...60)
      objects.append(
        ExaminedObject(
          object(
            Double(box.left), Double(box.top), Double(box.right), Double(box.bottom),
            category: draw.index(below: 2), isCrowd: draw.chance(0.05),
            isIgnored: draw.chance(0.1)), side: Double(box.area).squareRoot(),
          positives: draw.index(below: 4), positivesAlone: 4))
      for _ in 0..<draw.index(below: 6) {
        let jitter = Float(draw.uniform(-0.3, 0.3))
        candidates.append(
          Detection(
            box: Box(
              left: box.left + jitter * box.width, top: box.top, right: box.right,
              bottom: box.bottom - jitter * box.height), label: draw.index(below: 2),
            // Few values, so that there are ties.
            score: Float(draw.index(below: 20)) / 20))
      }
    }
    if number % 2 == 0 {
      proposals = (0..<draw.index(below: 12)).map { _ in place(5...60) }
    }
    for _ in 0..<30 {
      candidates.append(
        Detection(
          box: place(3...60), label: draw.index(below: 2), score: Float(draw.uniform(0, 1))))
    }
  }

  func explain(_ rules: ExplanationRules) -> PictureExplanation {
    PictureExplanation(
      objects, candidates: candidates, proposals: proposals,
      letterbox: Letterbox(
        pictureWidth: 100, pictureHeight: 100, canvasWidth: 100, canvasHeight: 100), rules: rules)
  }
}

@Suite struct EveryMissTests {
  private func rules(_ number: Int) -> ExplanationRules {
    var detection = DetectionOptions()
    detection.maxDetections = number % 3 == 0 ? 5 : 100
    detection.candidateLimit = number % 4 == 0 ? 12 : 3000
    detection.iouThreshold = 0.45
    return ExplanationRules(
      detection: detection, overlap: 0.4,
      levels: [LevelRange(name: "p3", range: ClosedInterval(8, 50))], cell: 4)
  }

  /// The detections are those of suppression itself, and whoever takes no part in the pairing is
  /// missed, once each.
  @Test func missesAreWhatPairingLeaves() {
    for number in 0..<200 {
      let scene = Scene(number)
      let rules = rules(number)
      let explanation = scene.explain(rules)
      let chosen = scene.candidates.filter { $0.score >= rules.detection.minimumScore }
      let expected = rules.detection.suppressed(chosen)
      #expect(explanation.detections.map(\.score) == expected.map { Double($0.score) })
      #expect(explanation.detections.map(\.category) == expected.map(\.label))
      let paired = Set(explanation.pairing.objectOfDetection.compactMap { $0 })
      let missed = scene.objects.indices.filter {
        !scene.objects[$0].object.isIgnored && !paired.contains($0)
      }
      #expect(explanation.misses.map(\.object) == missed)
      #expect(explanation.found + explanation.misses.count == explanation.counted)
    }
  }

  /// What a stage claims can be put right, and that changes the outcome.
  @Test func stagesHoldWhatTheySay() {
    var seen: Set<MissStage> = []
    for number in 0..<200 {
      let scene = Scene(number)
      let rules = rules(number)
      for miss in scene.explain(rules).misses {
        seen.insert(miss.stage)
        seen.insert(miss.shown.stage)
        check(miss, scene, rules)
      }
    }
    #expect(seen == Set(MissStage.allCases))
  }

  private func check(_ miss: Miss, _ scene: Scene, _ rules: ExplanationRules) {
    let object = scene.objects[miss.object]
    #expect(!miss.shown.stage.isStructural)
    switch miss.cause {
    case .underCell: #expect(object.side < 4)
    case .outsideRange: #expect((4..<8).contains(object.side) || object.side > 50)
    case .noPositive: #expect((8...50).contains(object.side) && object.positives == 0)
    default: #expect(miss.cause == miss.shown && object.positives > 0)
    }
    let own = miss.shown.own
    if let own, miss.shown.stage != .badlyLocalized {
      #expect(own.label == object.object.category && own.overlap >= 0.4)
      #expect((own.score >= 0.25) == ![MissStage.lowScore, .wrongClass].contains(miss.shown.stage))
    }
    switch miss.shown {
    case .suppressed(let own, let by, let overlap, _):
      #expect(overlap > 0.45 && by.score >= own.score && by.label == own.label)
    case .cut(_, let rank, _, let allowed): #expect(rank > allowed)
    case .wrongClass(let found, _):
      #expect(found.label != object.object.category && found.score >= 0.25)
    case .notProposed(let closest, let count):
      let overlaps = scene.proposals?.map {
        CocoBox($0).overlap(with: object.object.box, isCrowd: false)
      }
      #expect(closest < 0.4 && closest == overlaps?.max() ?? 0 && count == overlaps?.count)
    case .badlyLocalized(let best, _): #expect((best?.overlap ?? 0) < 0.4)
    default: break
    }
  }
}
