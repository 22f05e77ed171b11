import Evaluation
import Reports
import Testing

struct EvaluationTextTests {
  private let truth = CocoTruth(
    labels: ["cat", "dog"], imageCount: 1,
    objects: [
      CocoObject(image: 0, category: 0, box: CocoBox(x: 0, y: 0, width: 10, height: 10)),
      CocoObject(image: 0, category: 1, box: CocoBox(x: 50, y: 0, width: 10, height: 10)),
    ])
  private let found = [
    CocoDetection(
      image: 0, category: 0, box: CocoBox(x: 0, y: 0, width: 10, height: 10), score: 0.9)
  ]

  private func text(_ options: EvaluationOptions = .init(), byArea: Bool = false) -> String {
    EvaluationText(
      EvaluationReport(truth, found, options), settings: CocoSettings(),
      showsClassesByArea: byArea
    ).text
  }

  @Test func withoutOptionsItIsTheFigures() {
    let lines = text().split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix("AP 0.500  AP50 0.500"))
  }

  @Test func figuresFitAPage() {
    let blocks = EvaluationSections(EvaluationReport(truth, found)).figures
    let tables = blocks.map { block in
      if case .table(let table) = block { table.text } else { "" }
    }
    #expect(tables.map { $0.split(separator: "\n")[0].split(separator: " ").count } == [6, 6])
    #expect(tables[0].hasPrefix("    AP") && tables[1].contains("ARlarge"))
  }

  @Test func partsThatWereAskedForAreSections() {
    var options = EvaluationOptions()
    #expect(EvaluationSections(EvaluationReport(truth, found, options)).more.isEmpty)
    options.includesErrors = true
    options.calibrationBins = 5
    options.operatingTargets = [.recall(0.5)]
    options.bootstrap = Resampling(count: 5, seed: 0)
    let sections = EvaluationSections(EvaluationReport(truth, found, options)).more
    #expect(
      sections.map(\.title) == ["Intervals", "Operating points", "Calibration", "Errors by kind"])
    // What the terminal gets.
    let page = MarkdownWriter(Document(title: "", sections: sections), pictures: "").text
    for line in [
      "5 sets of 1 pictures", "recall ≥ 0.5", "gap: mean score less precision", "false negatives",
    ] {
      #expect(page.contains(line), "\(line)")
      #expect(text(options).contains(line), "\(line)")
    }
  }

  /// The dog is not found; all scores are at most 0.012.
  @Test func chartOfF1EndsAboveTheHighestScore() throws {
    var low = found
    low[0].score = 0.012
    var options = EvaluationOptions()
    options.includesCurves = true
    var charts = DrawnCharts { _ in }
    let blocks = EvaluationSections(EvaluationReport(truth, low, options)).curves(&charts)
    guard charts.note == nil else { return }
    let drawn = Document(title: "", introduction: blocks).illustrations.map {
      String(decoding: $0.data, as: UTF8.self)
    }
    #expect(drawn.count == 2 && drawn[1].contains("to 0.02: none is higher"))
    let page = MarkdownWriter(Document(title: "", introduction: blocks), pictures: "").text
    #expect(page.contains("No curve, for want of detections: dog."))
  }

  @Test func otherSettingsAddTheirTables() {
    var options = EvaluationOptions()
    options.settings = CocoSettings(
      overlapThresholds: [0.3, 0.5], detectionLimits: [1, 300],
      areaRanges: [.all, AreaRange(name: "tiny", lower: 0, upper: 99)])
    let lines = text(options).split(separator: "\n").map(String.init)
    #expect(lines.contains("0.3  0.500  0.500"))
    #expect(lines.contains("300         0.500"))
    #expect(lines.contains { $0.hasPrefix("tiny  0 – 99") && $0.hasSuffix("–") })
  }

  @Test func everyClassHasEveryArea() {
    let lines = text(byArea: true).split(separator: "\n")
    #expect(lines.count == 5 + 1 + 2 * 4)
  }

  @Test func smallMatrixIsWhole() {
    let matrix = ConfusionMatrix(truth, found)
    let lines = ConfusionText(matrix).text.split(separator: "\n").map(String.init)
    #expect(lines[1].split(separator: " ") == ["cat", "dog", "background"])
    #expect(lines[2].split(separator: " ") == ["cat", "1", "0", "0"])
    #expect(lines[3].split(separator: " ") == ["dog", "0", "0", "1"])
  }

  @Test func ofALargeMatrixTheMostFrequentErrorsAreShown() {
    var matrix = ConfusionMatrix(labels: (0..<30).map { "class \($0)" })
    for index in 0..<25 { matrix.counts[index][index + 1] = index + 1 }
    matrix.counts[30][7] = 99
    let lines = ConfusionText(matrix).text.split(separator: "\n").map(String.init)
    #expect(lines[2].hasPrefix("background") && lines[2].hasSuffix("99"))
    #expect(lines.count == 2 + 20 + 1)
    #expect(lines.last?.hasPrefix("and 6 smaller") == true)
  }
}
