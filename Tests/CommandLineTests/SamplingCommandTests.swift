import Foundation
import Testing

extension BinaryTests {
  @Suite struct SamplingCommandTests {
    @Test func foldsAreTrainedAndSummedUp() throws {
      let scratch = try Scratch(train: 12)
      for part in 1...2 {
        let output = try Binary.run(
          [
            "train", "--recipe", "recipe.yaml", "--epochs", "2", "--fold", "\(part)/2", "--sampler",
            "balanced", "--balance-threshold", "1", "--out", "run-\(part)",
          ], in: scratch)
        #expect(output.status == 0, "\(output.standardError)")
        #expect(output.standardError.contains("fold \(part) of 2: 6 pictures"))
        #expect(output.standardError.contains("sampler balanced below 1.0 of the pictures: 6 → "))
        let settings = String(
          decoding: scratch.bytes("run-\(part)/settings.yaml") ?? Data(), as: UTF8.self)
        #expect(settings.contains("fold: \(part)/2"))
        let report = String(
          decoding: scratch.bytes("run-\(part)/report.md") ?? Data(), as: UTF8.self)
        #expect(report.contains("fold \(part) of 2"))
        // What the run measured is measured again.
        let validation = try Binary.run(
          [
            "val", "--weights", "run-\(part)", "--data", "data", "--fold", "\(part)/2", "--json",
            "-",
          ],
          in: scratch)
        #expect(validation.standardError.contains("fold \(part) of 2: 6 pictures"))
        let rows = scratch.text("run-\(part)/metrics.csv").split(separator: "\n")
          .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let column = try #require(rows.first?.firstIndex(of: "AP"))
        let best = try #require(rows.dropFirst().compactMap { Double($0[column]) }.max())
        let measured = try #require(document(validation)["AP"] as? Double)
        #expect(abs(measured - best) < 1e-6)
      }
      let both = [
        "val", "--weights", "run-1", "--data", "data", "--fold", "1/2", "--split", "val",
      ]
      #expect(try Binary.run(both, in: scratch).status == 64)
      let summary = try document(
        Binary.run(["folds", "run-1", "run-2", "--json", "-"], in: scratch))
      let runs = try #require(summary["runs"] as? [[String: Any]])
      #expect(runs.map { $0["fold"] as? String } == ["1/2", "2/2"])
      let figures = try #require(summary["figures"] as? [[String: Any]])
      #expect(figures.first?["name"] as? String == "AP")
      #expect(figures.first?["deviation"] is Double)
      let text = try Binary.run(["folds", "run-1", "run-2"], in: scratch)
      #expect(text.status == 0 && text.standardOutput.contains("95 % interval"))
      #expect(try Binary.run(["folds", "run-1"], in: scratch).status == 64)
      #expect(try Binary.run(["folds", "run-1", "data"], in: scratch).status == 66)
      #expect(try Binary.run(["folds", "run-1", "run-1"], in: scratch).status == 64)
    }

    @Test func aSplitSetTrains() throws {
      let scratch = try Scratch(train: 20)
      let split = try Binary.run(
        [
          "data", "split", "--data", "data", "--from", "train", "--ratios", "3:1", "--stratified",
          "--out", "new", "--json", "-",
        ], in: scratch)
      // The split val is there and not to be divided.
      #expect(split.status == 64 && split.standardError.contains("makes a split 'val'"))
      let outcome = try document(
        Binary.run(
          [
            "data", "split", "--data", "data", "--ratios", "3:1", "--stratified", "--out", "new",
            "--json", "-",
          ], in: scratch))
      let parts = try #require(outcome["parts"] as? [[String: Any]])
      #expect(parts.map { $0["name"] as? String } == ["train", "val"])
      #expect(parts.compactMap { $0["pictures"] as? Int }.reduce(0, +) == 24)
      let trained = try Binary.run(
        [
          "train", "--recipe", "recipe.yaml", "--data", "new", "--epochs", "1", "--subset", "50%",
          "--out", "run",
        ], in: scratch)
      #expect(trained.status == 0, "\(trained.standardError)")
      #expect(trained.standardError.contains("subset: 9 of 18 training pictures"))
      let automatic = try Binary.run(
        ["data", "split", "--data", "data", "--folds", "2", "--out", "folds"], in: scratch)
      #expect(automatic.status == 0, "\(automatic.standardError)")
      #expect(scratch.names("folds") == ["fold-1", "fold-2"])
      let stats = try Binary.run(["data", "stats", "--data", "new"], in: scratch)
      #expect(stats.standardOutput.contains("val with train"))
    }

    @Test(arguments: [
      (["train", "--fold", "3/2"], "1/5"), (["train", "--subset", "0"], "10%"),
      (["train", "--sampler", "balance"], "balanced"),
      (["data", "split", "--data", "d", "--out", "o", "--ratios", "8"], "8:2"),
      (["data", "split", "--data", "d", "--out", "o", "--folds", "1"], "2 … 100"),
      (
        ["data", "split", "--data", "d", "--out", "o", "--folds", "3", "--ratios", "8:2"],
        "not both"
      ),
    ])
    func wrongUsageIsSaid(_ arguments: [String], _ says: String) throws {
      let output = try Binary.run(arguments, in: Scratch(train: 0))
      #expect(output.status == 64 && output.standardError.contains(says), "\(output.standardError)")
    }
  }
}
