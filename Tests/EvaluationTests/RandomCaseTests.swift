import Evaluation
import Foundation
import Testing

/// Against pycocotools on cases with every branch of its rules, under COCO's and other settings;
/// benchmarks/check_metrics.py made them.
struct RandomCaseTests {
  // Never written.
  nonisolated(unsafe) private static let cases = GoldenCases.read("cases")

  @Test func casesReachWhatTheyShould() throws {
    #expect(Self.cases.count == 12)
    var crowds = 0
    var unknown = 0
    for made in Self.cases {
      let (truth, results, _) = try Self.read(made)
      crowds += truth.objects.count { $0.isCrowd }
      unknown += results.unknownCategoryCount
      let held = Set(truth.objects.map(\.image) + results.detections.map(\.image))
      #expect(held.count < truth.imageIDs.count)
      #expect(truth.objects.contains { $0.area != $0.box.area })
      #expect(Set(results.detections.map(\.score)).count < results.detections.count)
    }
    #expect(crowds > 10 && unknown > 10)
    let boxes = try Self.cases.flatMap { try Self.read($0).0.objects.map(\.box) }
    #expect(boxes.contains { $0.area == 0 })
  }

  @Test(arguments: 0..<12)
  func everyFigureAgreesWithPycocotools(index: Int) throws {
    let made = Self.cases[index]
    let (truth, results, options) = try Self.read(made)
    let report = EvaluationReport(truth, results.detections, options)
    try expectClose(GoldenCases.document(report), made["figures"] as Any, "seed \(index)")
    try expectClose(
      GoldenCases.document(#require(report.curves)), made["curves"] as Any, "seed \(index), curves")
  }

  private static func read(
    _ made: [String: Any]
  ) throws -> (CocoTruth, CocoResults, EvaluationOptions) {
    let (truth, results) = try GoldenCases.inputs(made)
    return (truth, results, try options(#require(made["settings"] as? [String: Any])))
  }

  private static func options(_ settings: [String: Any]) throws -> EvaluationOptions {
    let areas = try #require(settings["areas"] as? [[Any]]).map { area in
      AreaRange(
        name: area[0] as? String ?? "", lower: (area[1] as? NSNumber)?.doubleValue ?? .nan,
        upper: (area[2] as? NSNumber)?.doubleValue ?? .nan)
    }
    var options = EvaluationOptions()
    options.settings = CocoSettings(
      overlapThresholds: try #require(settings["iou"] as? [NSNumber]).map(\.doubleValue),
      detectionLimits: try #require(settings["limits"] as? [NSNumber]).map(\.intValue),
      areaRanges: [.all] + areas)
    options.includesVOC = true
    options.confusionScore = 0.25
    options.includesCurves = true
    return options
  }
}
