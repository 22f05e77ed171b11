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
