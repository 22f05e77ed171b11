import Anchors
import Boxes
import RandomNumbers
import ReceptiveFields
import Testing

private func level(_ stride: Int, _ count: Int, _ anchors: [AnchorSize]) -> AnchorLevel {
  AnchorLevel(
    name: "p", stride: stride, rows: count, columns: count, receptiveField: AxisPair(99, 99),
    objectRange: ClosedInterval(1, 99), anchors: anchors)
}

@Suite struct AnchorCoverageTests {
  @Test func figuresByHand() {
    // One anchor of 16×16 in each of 4×4 cells of 16 pixels.
    let levels = [level(16, 4, [AnchorSize(width: 16, height: 16)])]
    let objects = [
      // On a cell: IoU 1, with the neighbours 0.
      Box(left: 16, top: 16, right: 32, bottom: 32),
      // Half a cell to the right: 8·16 / (2·256 − 128) = 1/3 with two cells.
      Box(left: 24, top: 16, right: 40, bottom: 32),
      // Four times the area around one cell: 256 / 1024; the neighbours share 8·16 of it.
      Box(left: 8, top: 8, right: 40, bottom: 40),
    ]
    let coverage = AnchorCoverage(levels, objects: objects, threshold: 0.3)
    #expect(coverage.objects == 3)
    #expect(abs(coverage.meanSizeOverlap - (1 + 1 + 0.25) / 3) < 1e-12)
    #expect(abs(coverage.meanBestOverlap - (1 + 1.0 / 3 + 0.25) / 3) < 1e-12)
    #expect(abs(coverage.recall50 - 1.0 / 3) < 1e-12)
    #expect(abs(coverage.recallAtThreshold! - 2.0 / 3) < 1e-12)
    // 1 + 2 + 0 anchors for three objects.
    #expect(coverage.anchorsPerObject == 1)
    #expect(coverage.shares == [[1]])
    let without = AnchorCoverage(levels, objects: objects, threshold: nil)
    #expect(without.recallAtThreshold == nil)
    // At 0.5 the first object alone meets one.
    #expect(abs(without.anchorsPerObject - 1.0 / 3) < 1e-12)
  }

  @Test func everyAnchorAroundANarrowObjectCounts() {
    // 9×16 around (33, 33) against 16×16 in cells of 2 pixels, centres at odd numbers. Shifted by 0
    // or 2 to a side it stays inside: 9·16 / 256; by 4 they have 8.5·16 in common: 136 / 264; by 6
    // 104 / 296. A row off leaves 9·14 / 274, below a half.
    let levels = [level(2, 32, [AnchorSize(width: 16, height: 16)])]
    let object = Box(left: 28.5, top: 25, right: 37.5, bottom: 41)
    #expect(AnchorCoverage(levels, objects: [object], threshold: 0.5).anchorsPerObject == 5)
  }

  @Test func objectsGoToTheAnchorTheyMeetBest() {
    let levels = [
      level(16, 4, [AnchorSize(width: 16, height: 16), AnchorSize(width: 30, height: 8)]),
      level(32, 2, [AnchorSize(width: 40, height: 40)]),
    ]
    let objects = [
      Box(left: 0, top: 0, right: 15, bottom: 15), Box(left: 2, top: 2, right: 32, bottom: 34),
      Box(left: 16, top: 16, right: 33, bottom: 31), Box(left: 30, top: 50, right: 64, bottom: 60),
    ]
    let coverage = AnchorCoverage(levels, objects: objects, threshold: 0.5)
    #expect(coverage.shares == [[0.5, 0.25], [0.25]])
  }

  /// Against every anchor of every cell, as the head lays them out.
  @Test(arguments: [0.2, 0.5, 0.7]) func figuresAreThoseOfAllAnchors(_ threshold: Double) {
    var generator = KeyedGenerator(seed: 4, purpose: "coverage")
    var shapes = AnchorShapes()
    shapes.sizes = [8, 16].map { stride in
      (0..<3).map { _ in
        AnchorSize(
          width: Float(generator.uniform(4, 5 * stride)),
          height: Float(generator.uniform(4, 5 * stride)))
      }
    }
    let all = [(0, 8, 8), (1, 16, 4)].flatMap { level, stride, count in
      shapes.boxes(level: level, stride: stride, rows: count, columns: count)
    }
    let levels = [level(8, 8, shapes.sizes[0]), level(16, 4, shapes.sizes[1])]
    let objects = (0..<60).map { _ in
      let (x, y) = (generator.uniform(0, 60), generator.uniform(0, 60))
      return Box(
        left: Float(x), top: Float(y), right: Float(generator.uniform(x + 1, 64)),
        bottom: Float(generator.uniform(y + 1, 64)))
    }
    let overlaps = objects.map { box in all.map { Double($0.intersectionOverUnion(with: box)) } }
    let coverage = AnchorCoverage(levels, objects: objects, threshold: threshold)
    let best = overlaps.map { $0.max()! }
    #expect(abs(coverage.meanBestOverlap - best.reduce(0, +) / 60) < 1e-6)
    #expect(abs(coverage.recall50 - Double(best.count { $0 >= 0.5 }) / 60) < 1e-12)
    #expect(
      abs(coverage.recallAtThreshold! - Double(best.count { $0 >= threshold }) / 60) < 1e-12)
    let met = overlaps.joined().count { $0 >= threshold }
    #expect(met > 0)
    #expect(abs(coverage.anchorsPerObject - Double(met) / 60) < 1e-12)
  }

  @Test func noObjectsGiveZeros() {
    let coverage = AnchorCoverage(
      [level(8, 2, [AnchorSize(width: 4, height: 4)])], objects: [], threshold: 0.5)
    #expect(coverage.meanBestOverlap == 0 && coverage.anchorsPerObject == 0)
  }
}
