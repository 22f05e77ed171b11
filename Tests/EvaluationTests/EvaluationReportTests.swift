import Evaluation
import Foundation
import Testing

struct EvaluationReportTests {
  private static let optionalKeys = [
    "voc", "confusion", "bestF1", "frequencies", "errors", "calibration", "operatingPoints",
    "bootstrap", "against",
  ]

  private func document(
    _ truth: CocoTruth, _ detections: [CocoDetection], _ options: EvaluationOptions = .init()
  ) throws -> [String: Any] {
    let data = try JSONEncoder().encode(EvaluationReport(truth, detections, options))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func documentedKeysAreThereAndUndefinedOnesNull() throws {
    let report = try document(CocoTruth(labels: ["a"], imageCount: 1, objects: []), [])
    for figure in metrics([], []).figures { #expect(report[figure.name] is NSNull) }
    #expect(report["seconds"] is NSNumber)
    let row = try #require((report["perClass"] as? [[String: Any]])?.first)
    #expect(row["label"] as? String == "a" && row["instances"] as? Int == 0)
    #expect(["AP", "AP50", "AR"].allSatisfy { row[$0] is NSNull })
    #expect((row["areas"] as? [Any])?.count == 4)
    // What was not asked for is not there.
    #expect(Set(report.keys).isDisjoint(with: Self.optionalKeys))
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func partsHaveTheFiguresAsTheirMeans(seed: UInt64) {
    let (truth, detections) = madeUpSet(seed: seed)
    let report = EvaluationReport(truth, detections)
    let (parts, metrics) = (report.breakdown, report.metrics)
    let overlaps = parts.overlaps.compactMap(\.ap.value)
    #expect(overlaps.count == 10)
    #expect(near(metrics.ap, overlaps.reduce(0, +) / 10))
    #expect(parts.overlaps[0].ap.value == metrics.ap50)
    #expect(
      parts.areas.dropFirst().map(\.ap.value)
        == [metrics.apSmall, metrics.apMedium, metrics.apLarge])
    #expect(
      parts.areas.map(\.ar.value)
        == [metrics.ar100, metrics.arSmall, metrics.arMedium, metrics.arLarge])
    #expect(parts.limits.map(\.ar.value) == [metrics.ar1, metrics.ar10, metrics.ar100])
    #expect(parts.classes.map(\.ap.value) == metrics.perClass.map(\.ap))
    #expect(near(metrics.ar100, parts.classes.compactMap(\.ar.value).reduce(0, +) / 4))
  }

  @Test func everyPartComesWhenAskedFor() throws {
    let (truth, detections) = madeUpSet(seed: 1)
    var options = EvaluationOptions()
    options.includesVOC = true
    options.confusionScore = 0.5
    options.includesCurves = true
    options.trainingImages = [0, 5, 50, 500]
    options.includesErrors = true
    options.calibrationBins = 10
    options.operatingTargets = [.recall(0.5)]
    options.bootstrap = Resampling(count: 10)
    options.against = detections
    let report = try document(truth, detections, options)
    for key in Self.optionalKeys + ["overlaps", "areas", "limits"] {
      #expect(report[key] != nil, "\(key)")
    }
    #expect((report["frequencies"] as? [Any])?.count == 4)
  }
}
