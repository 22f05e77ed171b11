import Boxes
import Detectors
import Networks
import Testing

/// One level of stride 8 over 32×32 pixels: cells 0 … 15, centres at 4, 12, 20, 28.
private let layout = CandidateLayout(
  extents: [Extent(4)], strides: [8], shapes: AnchorShapes(base: 2, scales: [1], ratios: [1]))

private func problem(
  _ targets: [Target], logits: [Int: [Float]] = [:], predicted: [Int: Box] = [:],
  layout: CandidateLayout = layout
) -> AssignmentProblem {
  var values = CandidateValues(channels: 2, layout: layout)
  for index in values.values.indices { values.values[index] = -4 }
  for (candidate, pair) in logits {
    for channel in 0..<2 { values[channel, candidate] = pair[channel] }
  }
  let boxes = (0..<layout.count).map { predicted[$0] ?? layout.anchors[$0] }
  return AssignmentProblem(layout: layout, targets: targets, logits: values, predicted: boxes)
}

private func target(
  _ left: Float, _ top: Float, _ right: Float, _ bottom: Float, label: Int = 0,
  isIgnored: Bool = false
) -> Target {
  Target(
    box: Box(left: left, top: top, right: right, bottom: bottom), label: label,
    isIgnored: isIgnored)
}

@Suite struct CandidateLayoutTests {
  @Test func candidatesInsideABox() {
    var found: [Int] = []
    // Columns with centres in 4 ..< 20: 0 and 1; rows in 12 ..< 28.1: 1, 2, 3.
    layout.forEachCandidate(
      of: layout.levels[0], inside: Box(left: 4, top: 12, right: 20, bottom: 28.1)
    ) { found.append($0) }
    #expect(found == [4, 5, 8, 9, 12, 13])
  }

  @Test func boxesBeyondThePictureAreFine() {
    var count = 0
    layout.forEachCandidate(
      of: layout.levels[0], inside: Box(left: -100, top: -100, right: 1e9, bottom: 1e9)
    ) { _ in count += 1 }
    layout.forEachCandidate(
      of: layout.levels[0], inside: Box(left: 50, top: 50, right: 60, bottom: 60)
    ) { _ in count += 100 }
    #expect(count == 16)
  }
}

@Suite struct MaxIoUAssignerTests {
  @Test func thresholdsByHand() {
    // The anchor of cell 5 covers 4…20 squared: equal to the target. Its neighbours share 8·16 of
    // 16·16: IoU 128 / 384 = ⅓; diagonal ones 64 / 448.
    var assigner = MaxIoUAssigner()
    assigner.negativeThreshold = 0.3
    let assignment = assigner.assign(problem([target(4, 4, 20, 20)]))
    #expect(assignment.positives == [5])
    #expect([1, 4, 6, 9].allSatisfy { assignment.targets[$0] == Assignment.ignored })
    #expect([0, 2, 8, 10, 15].allSatisfy { assignment.targets[$0] == Assignment.background })
  }

  @Test func bestAnchorsOfASmallTargetArePositive() {
    // 8·8 in the middle between four anchors: each contains it, IoU 64 / 256.
    let targets = [target(12, 12, 20, 20)]
    let assignment = MaxIoUAssigner().assign(problem(targets))
    #expect(assignment.positives == [5, 6, 9, 10])
    var strict = MaxIoUAssigner()
    strict.keepsBest = false
    #expect(strict.assign(problem(targets)).positives.isEmpty)
  }

  @Test func targetThatMeetsNoAnchorHasNone() {
    #expect(MaxIoUAssigner().assign(problem([target(100, 100, 120, 120)])).positives.isEmpty)
  }
}

@Suite struct ATSSAssignerTests {
  @Test func thresholdIsMeanPlusDeviation() {
    // Nine nearest to (12, 12): cells 0–2, 4–6, 8–10, with IoU 1, four of ⅓, four of 1/7:
    // mean 0.323, deviation 0.267: only cell 5 reaches 0.590.
    let assignment = ATSSAssigner().assign(problem([target(4, 4, 20, 20)]))
    #expect(assignment.positives == [5])
  }

  @Test func centresMustLieInside() {
    // A target without a cell's centre inside, however near.
    #expect(ATSSAssigner().assign(problem([target(5, 5, 11, 11)])).positives.isEmpty)
  }

  @Test func contestedAnchorGoesToTheLargerOverlap() {
    let (worse, better) = (target(6, 6, 22, 22), target(4, 4, 20, 20))
    #expect(ATSSAssigner().assign(problem([worse, better])).targets[5] == 1)
    #expect(ATSSAssigner().assign(problem([better, worse])).targets[5] == 0)
  }
}

@Suite struct SimOTAAssignerTests {
  @Test func asManyPositivesAsOverlapsSumTo() {
    // Three predictions equal the target, the rest miss it: k = 3.
    let box = target(0, 0, 32, 32)
    let away = Box(left: 200, top: 200, right: 210, bottom: 210)
    var predicted = Dictionary(uniqueKeysWithValues: (0..<16).map { ($0, away) })
    for candidate in [5, 6, 9] { predicted[candidate] = box.box }
    let assignment = SimOTAAssigner().assign(problem([box], predicted: predicted))
    #expect(assignment.positives == [5, 6, 9])
    #expect(assignment.qualities[5] == 1)
  }

  @Test func scoresDecideBetweenEqualBoxes() {
    let box = target(8, 8, 24, 24, label: 1)
    let half = Box(left: 8, top: 8, right: 16, bottom: 12.8)
    let predicted = Dictionary(uniqueKeysWithValues: (0..<16).map { ($0, half) })
    let assignment = SimOTAAssigner().assign(
      problem([box], logits: [10: [-4, 3]], predicted: predicted))
    // Ten overlaps of 0.15 sum to 1.5.
    #expect(assignment.positives == [10])
  }

  @Test func contestedCandidateGoesToTheCheaper() {
    let (first, second) = (target(4, 4, 20, 20), target(4, 4, 20, 20, label: 1))
    let away = Box(left: 200, top: 200, right: 210, bottom: 210)
    var predicted = Dictionary(uniqueKeysWithValues: (0..<16).map { ($0, away) })
    predicted[5] = first.box
    for (targets, winner) in [([first, second], 1), ([second, first], 0)] {
      let assignment = SimOTAAssigner().assign(
        problem(targets, logits: [5: [-4, 4]], predicted: predicted))
      #expect(assignment.targets[5] == Int32(winner))
    }
  }
}

@Suite struct TaskAlignedAssignerTests {
  @Test func alignedCandidatesAreChosenAndRated() {
    var assigner = TaskAlignedAssigner()
    assigner.candidates = 2
    assigner.alpha = 1
    assigner.beta = 1
    let box = target(8, 8, 24, 24)
    // Cells 5, 6, 9, 10 lie inside. Scores σ(0) = ½ and σ(−log 3) = ¼; IoU 1, ½, 1, ½:
    // t = ½, ¼, ¼, ⅛.
    let half = Box(left: 8, top: 8, right: 24, bottom: 16)
    let quarter: Float = -1.098_612_3
    let assignment = assigner.assign(
      problem(
        [box], logits: [5: [0, 0], 6: [0, 0], 9: [quarter, 0], 10: [quarter, 0]],
        predicted: [5: box.box, 6: half, 9: box.box, 10: half]))
    // 6 and 9 tie and are equally far from the centre: the first.
    #expect(assignment.positives == [5, 6])
    #expect(abs(assignment.qualities[5] - 1) < 1e-6)
    #expect(abs(assignment.qualities[6] - 0.5) < 1e-6)
  }

  @Test func smallTargetsNeedACenterRadius() {
    let small = target(13, 13, 15, 15)
    #expect(TaskAlignedAssigner().assign(problem([small])).positives.isEmpty)
    var wider = TaskAlignedAssigner()
    wider.centerRadius = 0.5
    #expect(wider.assign(problem([small])).positives == [5])
  }

  @Test func contestedCandidateGoesToTheLargerOverlap() {
    let (worse, better) = (target(4, 4, 20, 20), target(8, 8, 16, 16, label: 1))
    for (targets, winner) in [([worse, better], 1), ([better, worse], 0)] {
      let assignment = TaskAlignedAssigner().assign(problem(targets, predicted: [5: better.box]))
      #expect(assignment.targets[5] == Int32(winner))
    }
  }
}

@Suite struct IgnoreRegionTests {
  @Test(arguments: [
    AssignerSettings.maxIoU(MaxIoUAssigner()), .atss(ATSSAssigner()), .simOTA(SimOTAAssigner()),
    .taskAligned(TaskAlignedAssigner()),
  ])
  func candidatesInsideTakeNoPartUnlessPositive(_ settings: AssignerSettings) {
    let wanted = target(4, 4, 20, 20)
    let region = target(0, 0, 16, 32, isIgnored: true)
    let without = settings.assigner.assign(problem([wanted]))
    let with = settings.assigner.assign(problem([wanted, region]))
    #expect(with.positives == without.positives)
    for candidate in 0..<16 where with.targets[candidate] < 0 && candidate % 4 < 2 {
      #expect(with.targets[candidate] == Assignment.ignored)
    }
    for candidate in 0..<16 where candidate % 4 >= 2 {
      #expect(with.targets[candidate] == without.targets[candidate])
    }
  }
}

@Suite struct AssignmentCensusTests {
  @Test func countsTogetherAndAlone() {
    // Centres inside: 5 and 6 of the first, 5 of the second, none of the third. Both want cell 5,
    // whose box is the second's.
    let targets = [target(8, 8, 24, 16), target(9, 9, 15, 15), target(13, 13, 15, 15)]
    let census = TaskAlignedAssigner().census(
      problem(targets, predicted: [5: targets[1].box]))
    #expect(census.positives == [1, 1, 0])
    #expect(census.alone == [2, 1, 0])
    #expect(census.ambiguous == 1)
  }

  @Test func targetThatLosesAllIsTold() {
    let twin = target(9, 9, 15, 15)
    let census = TaskAlignedAssigner().census(problem([twin, twin]))
    #expect(census.positives == [1, 0])
    #expect(census.alone == [1, 1])
    #expect(census.ambiguous == 1)
  }

  @Test func regionsToIgnoreAreNoTargets() {
    let wanted = target(4, 4, 20, 20)
    for settings in [
      AssignerSettings.maxIoU(MaxIoUAssigner()), .atss(ATSSAssigner()), .simOTA(SimOTAAssigner()),
    ] {
      let without = settings.assigner.census(problem([wanted]))
      let with = settings.assigner.census(
        problem([target(0, 0, 16, 32, isIgnored: true), wanted]))
      #expect(with == without && without.positives == without.alone, "\(settings.name)")
    }
  }
}
