import Detectors
import Evaluation
import Explanations
import Images
import Networks
import Reports
import Testing

@Suite struct ExplanationTablesTests {
  private static let box = CocoBox(x: 10, y: 10, width: 20, height: 20)
  private static let scored = ScoredBox(
    candidate: 0, box: CocoBox(x: 12, y: 10, width: 20, height: 20), label: 0, score: 0.2,
    overlap: 0.8)

  /// Two small objects, one for each of two classes, the second and a difficult one not found.
  private func picture(_ cause: MissCause, path: String = "data/a.jpg") -> PictureExplanation {
    let objects = [(0, false), (1, false), (1, true)].map { category, isIgnored in
      ExaminedObject(
        CocoObject(image: 0, category: category, box: Self.box, isIgnored: isIgnored), side: 20,
        positives: 3, positivesAlone: 3)
    }
    let detections = [0.9, 0.8].map {
      CocoDetection(image: 0, category: 0, box: Self.box, score: $0)
    }
    return PictureExplanation(
      path: path, width: 64, height: 48, objects: objects, detections: detections,
      pairing: CocoPairing(objects.map(\.object), detections, overlap: 0.5),
      misses: [Miss(object: 1, cause: cause, shown: .lowScore(own: Self.scored, least: 0.25))])
  }

  private func report(_ pictures: [PictureExplanation]) -> ExplanationReport {
    var report = ExplanationReport(
      model: "tiny", size: Extent(64), data: "drawn, val", classNames: ["cell", "plate"],
      options: DetectionOptions(), overlap: 0.5)
    for picture in pictures { report.add(picture) }
    return report
  }

  @Test func countsStandInTheirRows() {
    let low = MissCause.lowScore(own: Self.scored, least: 0.25)
    let report = report([
      picture(low), picture(.underCell(side: 3, cell: 4), path: "b.jpg"), picture(low),
    ])
    let lines = report.text.split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    #expect(lines[0] == "tiny at 64 on drawn, val: 3 pictures")
    #expect(lines[1].hasPrefix("6 objects: 3 found, 3 missed; 3 false positives; 3 ignored"))
    #expect(lines.contains("found 3 3 0 0"))
    #expect(lines.contains("under one cell 1 1 0 0"))
    #expect(lines.contains("low score 2 2 0 0"))
    #expect(lines.contains("all 6 6 0 0"))
    #expect(lines.contains("class objects found under one cell low score"))
    #expect(lines.contains("cell 3 3 0 0"))
    #expect(lines.contains("plate 3 0 1 2"))
    #expect(lines.contains("b.jpg 2 1 1 1 under one cell"))
    #expect(report.stages == MissStage.allCases.filter { $0 != .notProposed })
    for stage in report.stages {
      #expect(lines.contains { $0.hasPrefix(stage.title) }, "\(stage)")
    }
  }

  @Test func notProposedIsARowOfTwoStages() {
    var explained = picture(.notProposed(closest: 0.31, of: 128))
    explained.proposals = 128
    let report = report([explained])
    #expect(report.stages == MissStage.allCases)
    #expect(report.text.contains("\nnot proposed"))
    #expect(
      explained.text(["cell", "plate"]).contains(
        "not proposed: the closest of 128 proposals has an IoU of 0.310"))
  }

  @Test func missesAreToldInALineEach() {
    let text = picture(.underCell(side: 3, cell: 4)).text(["cell", "plate"])
    #expect(
      text == """
        data/a.jpg  64×48: 2 objects, 1 found, 1 missed, 1 false positive, 1 ignored left out
          plate 20×20 at (10, 10): under one cell: its side is 3.0 px at the network's input, one \
        cell 4.0 px
            by the boxes alone: low score: its best box is cell 0.200 (IoU 0.800), below the \
        score of 0.25

        """)
  }

  @Test func missesAreDrawn() throws {
    let canvas = try Picture(width: 64, height: 48, filledWith: .white)
    let before = try canvas.copy()
    try MissDrawing.draw(
      picture(.lowScore(own: Self.scored, least: 0.25)), on: canvas, names: ["cell", "plate"])
    #expect(canvas.withPixels { Array($0) } != before.withPixels { Array($0) })
  }
}
