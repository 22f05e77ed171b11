import Boxes
import Detectors
import Evaluation
import Explanations
import ReceptiveFields
import Testing

/// 20×20 around the cell in row 1, column 1.
private let middle = object(14, 14, 34, 34)

/// Each stage provoked by a head's output. Score from 0.25, suppression above IoU 0.6, found from
/// IoU 0.5; cells of 8 pixels, one level for sides of 10 … 50.
@Suite struct MissStageTests {
  /// The only miss of a picture.
  private func only(_ explanation: PictureExplanation) throws -> Miss {
    try #require(explanation.misses.count == 1, "\(explanation.misses)")
    return explanation.misses[0]
  }

  @Test func detectionThatLiesWellFinds() {
    let head = MadeUpHead()
    head.set(1, 1, box(14, 14, 34, 34), [0.9, 0.01])
    let explanation = head.explain([middle])
    #expect(explanation.misses.isEmpty)
    #expect([explanation.found, explanation.falsePositives] == [1, 0])
  }

  @Test func sideBelowTheStrideIsUnderOneCell() throws {
    let miss = try only(MadeUpHead().explain([object(14, 14, 20, 20)]))
    #expect(miss.cause == .underCell(side: 6, cell: 8))
    #expect(miss.shown == .badlyLocalized(best: nil, reachesScore: false))
  }

  @Test(arguments: [(9.0, "p4"), (60, "p5"), (27, "p5"), (23, "p4")])
  func sideInNoRangeNamesTheNearestLevel(side: Double, level: String) throws {
    let levels = [
      LevelRange(name: "p4", range: ClosedInterval(10, 20)),
      LevelRange(name: "p5", range: ClosedInterval(30, 50)),
    ]
    let explanation = MadeUpHead().explain([object(0, 0, side, side)]) { $0.levels = levels }
    guard case .outsideRange(let found, let nearest) = try only(explanation).cause else {
      Issue.record("\(explanation.misses)")
      return
    }
    #expect(found == side && nearest.name == level)
  }

  @Test func objectWithoutACellsCentreHasNoPositive() throws {
    let miss = try only(MadeUpHead().explain([object(10, 10, 20, 20)]))
    #expect(miss.cause == .noPositive(alone: 0))
  }

  @Test func objectWhoseCellsGoToANeighbourHasNoPositive() {
    let head = MadeUpHead()
    head.set(1, 1, box(14, 14, 34, 34), [0.1, 0.01])
    let stages = head.explain([middle, middle]).misses.map(\.cause)
    guard case .lowScore = stages[0] else {
      Issue.record("\(stages)")
      return
    }
    #expect(stages[1] == .noPositive(alone: 1))
  }

  @Test func confidentBoxOfAnotherClass() throws {
    let head = MadeUpHead()
    head.set(1, 1, box(14, 14, 34, 34), [0.1, 0.8])
    let explanation = head.explain([middle])
    guard case .wrongClass(let found, let own) = try only(explanation).cause else {
      Issue.record("\(explanation.misses)")
      return
    }
    #expect(found.label == 1 && abs(found.score - 0.8) < 1e-4 && abs(found.overlap - 1) < 1e-4)
    #expect(own.map { abs($0.score - 0.1) < 1e-4 } == true)
    #expect(explanation.falsePositives == 1)
  }

  /// A second stage cannot find what it is not shown; a box that lies well was shown enough.
  @Test func objectThatNoProposalLiesOn() throws {
    let head = MadeUpHead()
    head.set(1, 1, box(20, 14, 60, 34), [0.9, 0.01])
    let near = [box(0, 0, 10, 10), box(14, 14, 34, 23)]
    #expect(
      try only(head.explain([middle], proposals: near)).cause
        == .notProposed(closest: 0.45, of: 2))
    #expect(
      try only(head.explain([middle], proposals: [])).cause == .notProposed(closest: 0, of: 0))
    let well = head.explain([middle], proposals: near + [box(14, 14, 34, 26)])
    #expect(try only(well).stage == .badlyLocalized)
    head.set(1, 1, box(14, 14, 34, 34), [0.1, 0.01])
    #expect(try only(head.explain([middle], proposals: near)).stage == .lowScore)
  }

  @Test func boxOfANeighboursClassIsNotAWrongOne() throws {
    let head = MadeUpHead()
    // The neighbour's own box; the two objects overlap by 19 / 21.
    head.set(1, 1, box(15, 14, 35, 34), [0.1, 0.8])
    let other = object(15, 14, 35, 34, category: 1)
    #expect(try only(head.explain([middle, other])).shown.stage == .lowScore)
  }

  @Test func confidentBoxThatLiesWrong() throws {
    let head = MadeUpHead()
    // 16·16 of 400 + 784 − 256.
    head.set(1, 1, box(18, 18, 46, 46), [0.9, 0.01])
    // A faint one beside it lies well: 400 / 540.
    head.set(1, 2, box(14, 14, 41, 34), [0.1, 0.01])
    let explanation = head.explain([middle])
    guard case .badlyLocalized(let best?, true) = try only(explanation).cause else {
      Issue.record("\(explanation.misses)")
      return
    }
    #expect(abs(best.overlap - 256.0 / 928) < 1e-4 && abs(best.score - 0.9) < 1e-4)
  }

  @Test func neighboursBoxIsNotABadlyLocalizedOne() throws {
    let head = MadeUpHead()
    head.set(1, 1, box(14, 14, 34, 34), [0.2, 0.01])
    // Exactly the neighbour, and 80 / 720 of the object in the middle.
    head.set(1, 2, box(30, 14, 50, 34), [0.9, 0.01])
    #expect(try only(head.explain([middle, object(30, 14, 50, 34)])).cause.stage == .lowScore)
  }

  @Test func withoutABoxThatLiesWellScoresDoNotMatter() throws {
    let head = MadeUpHead()
    head.set(1, 1, box(18, 18, 46, 46), [0.01, 0.01])
    guard case .badlyLocalized(let best?, false) = try only(head.explain([middle])).cause else {
      Issue.record("another stage")
      return
    }
    #expect(abs(best.overlap - 256.0 / 928) < 1e-4)
  }

  @Test func scoreBelowTheThreshold() throws {
    let head = MadeUpHead()
    head.set(1, 1, box(14, 14, 34, 34), [0.2, 0.01])
    guard case .lowScore(let own, 0.25) = try only(head.explain([middle])).cause else {
      Issue.record("another stage")
      return
    }
    #expect(abs(own.score - 0.2) < 1e-4 && abs(own.overlap - 1) < 1e-4)
    let lower = head.explain([middle]) { $0.detection.minimumScore = 0.19 }
    #expect(lower.misses.isEmpty)
  }

  @Test func betterBoxOfTheClassSuppresses() throws {
    let head = MadeUpHead()
    // IoU ⅔ with the object, and ⅔ with the better box, which has 12 / 28 with the object.
    head.set(1, 1, box(18, 14, 38, 34), [0.5, 0.01])
    head.set(1, 2, box(22, 14, 42, 34), [0.9, 0.01])
    let explanation = head.explain([middle])
    guard case .suppressed(let own, let by, let overlap, 0.6) = try only(explanation).cause else {
      Issue.record("\(explanation.misses)")
      return
    }
    #expect(abs(own.score - 0.5) < 1e-4 && abs(own.overlap - 2.0 / 3) < 1e-4)
    #expect(abs(by.score - 0.9) < 1e-4 && abs(by.overlap - 12.0 / 28) < 1e-4)
    #expect(abs(overlap - 2.0 / 3) < 1e-4)
    #expect(head.explain([middle]) { $0.detection.iouThreshold = 0.7 }.misses.isEmpty)
  }

  @Test func onlySoManyDetectionsAreKept() throws {
    let head = MadeUpHead()
    head.set(1, 1, box(14, 14, 34, 34), [0.5, 0.01])
    head.set(3, 3, box(46, 46, 62, 62), [0.9, 0.01])
    let objects = [middle, object(46, 46, 62, 62)]
    let changes: [(limit: MissCause.Limit, change: (inout ExplanationRules) -> Void)] = [
      (.detections, { $0.detection.maxDetections = 1 }),
      (.candidates, { $0.detection.candidateLimit = 1 }),
    ]
    for (limit, change) in changes {
      guard case .cut(let own, 2, limit, 1) = try only(head.explain(objects, change)).cause else {
        Issue.record("another stage than cut by \(limit)")
        continue
      }
      #expect(abs(own.score - 0.5) < 1e-4)
    }
  }

  @Test func detectionOfTheNeighbourIsCountedOnce() throws {
    let head = MadeUpHead()
    // The neighbour exactly, and 400 / 720 of the object, which has the cell in column 0 to itself.
    head.set(1, 1, box(14, 14, 42, 34), [0.9, 0.01])
    let explanation = head.explain([object(6, 14, 34, 34), object(14, 14, 42, 34)])
    guard case .matchedAnother(let own, 1, let overlap) = try only(explanation).cause else {
      Issue.record("\(explanation.misses)")
      return
    }
    #expect(abs(own.overlap - 400.0 / 720) < 1e-4 && abs(overlap - 1) < 1e-4)
  }

  @Test func overlapThatFindsCanBeChosen() {
    let head = MadeUpHead()
    head.set(1, 1, box(18, 14, 38, 34), [0.9, 0.01])
    #expect(head.explain([middle]) { $0.overlap = 0.66 }.misses.isEmpty)
    #expect(head.explain([middle]) { $0.overlap = 0.67 }.misses.count == 1)
  }

  @Test func ignoredObjectsAreLeftOutAndCounted() {
    let head = MadeUpHead()
    head.set(1, 1, box(14, 14, 34, 34), [0.9, 0.01])
    let explanation = head.explain([
      object(14, 14, 34, 34, isIgnored: true), object(40, 40, 60, 60, isCrowd: true),
    ])
    #expect(explanation.misses.isEmpty)
    #expect([explanation.ignored, explanation.counted, explanation.found] == [2, 0, 0])
    #expect([explanation.ignoredDetections, explanation.falsePositives] == [1, 0])
  }
}
