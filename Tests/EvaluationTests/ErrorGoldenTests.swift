import Evaluation
import Foundation
import Testing

/// Against tidecv on cases with every kind of error; benchmarks/check_errors.py made them.
struct ErrorGoldenTests {
  // Never written.
  nonisolated(unsafe) private static let cases = GoldenCases.read("errors")

  @Test func casesReachWhatTheyShould() throws {
    #expect(Self.cases.count == 4)
    let all = Self.cases.compactMap { $0["errors"] as? [String: Any] }
    for kind in ErrorKind.allCases {
      let costs = all.compactMap { ($0[kind.name] as? [String: Any])?["dAP"] as? Double }
      #expect(costs.contains { $0 > 0.001 }, "\(kind)")
    }
    let rows = all.flatMap { $0["perClass"] as? [[String: Any]] ?? [] }
    #expect(rows.contains { $0["AP"] is NSNull })
    let localisations = rows.compactMap { $0["localisation"] as? [String: Any] }
    #expect(localisations.contains { $0["ignored"] as? Int ?? 0 > 0 })
    // One image has more detections than count.
    #expect(
      Self.cases.allSatisfy { made in
        let images = (made["detections"] as? [[String: Any]])?.compactMap { $0["image_id"] as? Int }
        return Dictionary(grouping: images ?? []) { $0 }.values.contains { $0.count > 100 }
      })
  }

  @Test(arguments: 0..<4)
  func everyCostAndCountAgreesWithTidecv(index: Int) throws {
    let made = Self.cases[index]
    let (truth, results) = try GoldenCases.inputs(made)
    var options = EvaluationOptions()
    options.includesErrors = true
    let report = try GoldenCases.document(EvaluationReport(truth, results.detections, options))
    expectClose(
      (report as? [String: Any])?["errors"], made["errors"] as Any, "seed \(made["seed"] ?? "")")
  }
}
