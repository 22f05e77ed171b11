import Anchors
import Boxes
import ReceptiveFields
import Testing

private func level(
  _ name: String, stride: Int, field: Double, _ range: ClosedInterval, _ anchors: [(Float, Float)]
) -> AnchorLevel {
  AnchorLevel(
    name: name, stride: stride, rows: 64 / stride, columns: 64 / stride,
    receptiveField: AxisPair(field, field), objectRange: range,
    anchors: anchors.map { AnchorSize(width: $0.0, height: $0.1) })
}

private func box(_ width: Float, _ height: Float) -> Box {
  Box(left: 4, top: 4, right: 4 + width, bottom: 4 + height)
}

@Suite struct AnchorReportTests {
  private let range = ClosedInterval(1, 100)

  private func messages(_ levels: [AnchorLevel], _ objects: [Box]) -> [String] {
    AnchorReport.Assessment(levels, objects: objects, threshold: 0.5).findings
      .map { "\($0.severity.rawValue): \($0.message)" }
  }

  @Test func anchorsAboveTheFieldAreWarnedOf() {
    let found = messages(
      [level("p3", stride: 8, field: 30, range, [(8, 8), (31, 20), (20, 30)])], [box(8, 8)])
    #expect(
      found.contains(
        "warning: anchor 31×20 of p3 is larger than its field of 30×30 px: no cell sees such "
          + "objects whole"))
  }

  @Test func anchorsUnderHalfAStrideAreWarnedOf() {
    // √(3·5) = 3.87 and √(4·4) = 4, half of 8.
    let found = messages(
      [level("p3", stride: 8, field: 90, range, [(3, 5), (4, 4)])], [box(8, 8)])
    #expect(
      found.first == "warning: anchor 3×5 of p3 is smaller than half its stride of 8 px: "
        + "such objects lie between cells")
  }

  @Test func levelsOutOfOrderAreWarnedOf() {
    // Geometric means of the sides: √(10·40) = 20 and 16.
    let found = messages(
      [
        level("p3", stride: 8, field: 90, range, [(10, 10), (40, 40)]),
        level("p4", stride: 16, field: 90, range, [(16, 16)]),
      ], [box(16, 16)])
    #expect(
      found.contains(
        "warning: levels out of order: anchors of p4 have a mean side of 16 px, those of the finer "
          + "p3 20 px"))
    let ordered = messages(
      [
        level("p3", stride: 8, field: 90, range, [(10, 10), (24, 24)]),
        level("p4", stride: 16, field: 90, range, [(16, 16)]),
      ], [box(16, 16)])
    #expect(!ordered.contains { $0.contains("out of order") })
  }

  @Test func uncoveredAspectsAreWarnedOf() {
    // A threshold of 0.5 allows a factor of (1.5 / 1)² = 2.25: 18 / 8 is just covered, 19 / 8 not.
    let levels = [level("p3", stride: 8, field: 90, range, [(12, 12)])]
    #expect(!messages(levels, [box(8, 18)]).contains { $0.contains("aspect") })
    let found = messages(levels, [box(8, 18), box(8, 19), box(40, 10), box(12, 12)])
    #expect(
      found.contains {
        $0.hasPrefix(
          "warning: aspect ratios not covered: 50.0 % (2) of objects (height over width 0.25 to "
            + "2.38) differ by more than a factor of 2.25")
      })
  }

  @Test func aspectsAtTheFactorJustReachTheThreshold() {
    // 12×12 and an equal area of ratio 2.25: 8×18, 8·12 / (2·144 − 96) = 0.5.
    let one = ObjectSize(width: 12, height: 12)
    #expect(one.overlap(with: ObjectSize(width: 8, height: 18)) == 0.5)
  }

  @Test func missedObjectsAreWarnedOf() {
    let found = messages(
      [level("p3", stride: 8, field: 90, range, [(50, 50)])], [box(8, 8), box(50, 50)])
    #expect(
      found.contains("warning: 50.0 % of objects meet no anchor with IoU 0.5 or more"))
  }

  @Test func goodAnchorsAreLeftInPeace() {
    let found = messages(
      [level("p3", stride: 8, field: 90, range, [(8, 8)])],
      [Box(left: 8, top: 8, right: 16, bottom: 16)])
    #expect(found == [])
  }

  @Test func fittedAnchorsStandBesideTheModels() throws {
    let levels = [
      level("p3", stride: 8, field: 40, ClosedInterval(4, 20), [(32, 32)]),
      level("p4", stride: 16, field: 80, ClosedInterval(8, 40), [(64, 64)]),
    ]
    // Sides are 8 and 24.04, of which tenths are kept.
    let objects = [box(8, 8), box(8, 8), box(24.04, 24.04), box(0, 5)]
    let report = try AnchorReport(
      model: "m", key: ["head", "anchors"], size: [64, 64], levels: levels, objects: objects,
      threshold: 0.5, count: 2,
      seed: 0)
    #expect(report.objects == 3 && report.empty == 1 && report.clustered == 3)
    #expect(
      report.fitted.sizes
        == [[AnchorSize(width: 8, height: 8)], [AnchorSize(width: 24, height: 24)]])
    #expect(report.present.sizes == levels.map(\.anchors))
    #expect(report.fitted.coverage.meanSizeOverlap > report.present.coverage.meanSizeOverlap)
    #expect(report.fitted.levels.map { $0.anchors.map(\.objectShare) } == [[2.0 / 3], [1.0 / 3]])
  }
}
