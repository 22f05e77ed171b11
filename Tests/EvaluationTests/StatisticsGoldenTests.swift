import Evaluation
import Foundation
import Testing

/// Calibration, operating points, intervals and comparisons against pycocotools and numpy, every
/// drawn set evaluated anew; benchmarks/check_statistics.py made them.
struct StatisticsGoldenTests {
  // Never written.
  nonisolated(unsafe) private static let cases = GoldenCases.read("statistics")

  @Test func casesReachWhatTheyShould() throws {
    #expect(Self.cases.count == 2)
    let bootstraps = Self.cases.compactMap {
      ($0["figures"] as? [String: Any])?["bootstrap"] as? [String: Any]
    }
    #expect(
      bootstraps.allSatisfy {
        ($0["AP"] as? [String: Any])?["standardError"] as? Double ?? 0 > 0.001
      })
  }

  @Test(arguments: 0..<2)
  func everyFigureAgreesWithTheReference(index: Int) throws {
    let made = Self.cases[index]
    let (truth, results) = try GoldenCases.inputs(made)
    let settings = try #require(made["settings"] as? [String: NSNumber])
    var options = EvaluationOptions()
    options.calibrationBins = 8
    options.operatingTargets = [
      .precision(0.5), .precision(1), .recall(0.3), .recall(0.95), .falsePositivesPerImage(0.25),
      .falsePositivesPerImage(0),
    ]
    options.bootstrap = Resampling(
      count: try #require(settings["samples"]).intValue,
      seed: try #require(settings["seed"]).uint64Value)
    options.against = try GoldenCases.inputs(made, detections: "others").1.detections
    let report = EvaluationReport(truth, results.detections, options)
    expectClose(try GoldenCases.document(report), made["figures"] as Any, "case \(index)")
  }
}
