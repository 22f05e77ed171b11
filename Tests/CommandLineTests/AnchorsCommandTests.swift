import Foundation
import Testing

extension BinaryTests {
  @Suite struct AnchorsCommandTests {
    private func scratch(train: Int = 12) throws -> Scratch {
      let scratch = try Scratch(train: train)
      try scratch.write(
        """
        strides: [8, 16]
        backbone:
          {widths: [32, 32, 32], depths: [1, 1, 1], attention: {after: [16]}, poolsPyramid: false}
        neck: {widths: [32, 32]}
        head: {type: anchor, channels: 16, depth: 1, isShared: false}
        """, to: "anchored.yaml")
      return scratch
    }

    private let train = [
      "train", "--recipe", "recipe.yaml", "--model", "anchored.yaml", "--anchors", "auto",
      "--anchor-count", "5", "--checkpoint-steps", "1",
    ]

    private func sizes(_ scratch: Scratch, _ arguments: [String], _ which: String) throws
      -> NSArray
    {
      let report = try document(
        Binary.run(["anchors", "--data", "data/data.yaml", "--json", "-"] + arguments, in: scratch))
      let assessment = try #require(report[which] as? [String: Any])
      let levels = try #require(assessment["levels"] as? [[String: Any]])
      return try levels.map { level in
        try #require(level["anchors"] as? [[String: Any]]).map { $0["size"]! }
      } as NSArray
    }

    @Test func reportStandsBesideTheModels() throws {
      let scratch = try scratch()
      let report = try document(
        Binary.run(
          [
            "anchors", "--data", "data/data.yaml", "--model", "anchored.yaml", "--size", "64",
            "--count", "5", "--json", "-",
          ], in: scratch))
      #expect(report["threshold"] as? Double == 0.5 && report["update"] as? String == "median")
      for name in ["fitted", "present"] {
        let assessment = try #require(report[name] as? [String: Any])
        let coverage = try #require(assessment["coverage"] as? [String: Any])
        for key in [
          "recall50", "recallAtThreshold", "meanBestOverlap", "meanSizeOverlap", "anchorsPerObject",
        ] {
          #expect(coverage[key] is Double, "\(name) \(key)")
        }
        #expect(assessment["findings"] is [Any])
      }
    }

    @Test func runKeepsTheAnchorsItFound() throws {
      let scratch = try scratch()
      let run = try Binary.run(train + ["--out", "run"], in: scratch)
      #expect(run.status == 0, "\(run.standardError)")
      #expect(run.standardError.contains("anchors: p3 "))
      #expect(run.standardError.contains("by k-means on"))
      let fitted = try sizes(
        scratch, ["--model", "anchored.yaml", "--size", "64", "--count", "5"], "fitted")
      #expect(try sizes(scratch, ["--weights", "run"], "present") == fitted)
      let settings = scratch.bytes("run/settings.yaml").map { String(decoding: $0, as: UTF8.self) }
      #expect(settings?.contains("anchors: auto") == true)
      let figures = try document(
        Binary.run(
          ["val", "--weights", "run", "--data", "data/data.yaml", "--json", "-"], in: scratch))
      #expect(figures["AP"] is Double)
    }

    @Test func resumedRunHasTheSameAnchors() throws {
      let scratch = try scratch()
      let whole = try Binary.run(train + ["--out", "whole"], in: scratch)
      #expect(whole.status == 0, "\(whole.standardError)")
      let killed = try Binary.run(train + ["--out", "killed"], in: scratch) { process in
        while process.isRunning {
          let last = scratch.names("killed/checkpoint").last { $0.hasPrefix("step-") }
          if let last, Int(last.dropFirst("step-".count))! >= 4 { break }
          usleep(500)
        }
        kill(process.processIdentifier, SIGKILL)
      }
      #expect(killed.status == SIGKILL)
      // What is stored counts, not a file that changed.
      try scratch.write("preset: tiny-retina\n", to: "anchored.yaml")
      let resumed = try Binary.run(["train", "--resume", "killed"], in: scratch)
      #expect(resumed.status == 0, "\(resumed.standardError)")
      let weights = "weights/last.safetensors"
      #expect(scratch.bytes("whole/\(weights)") == scratch.bytes("killed/\(weights)"))
    }

    @Test(
      arguments: [
        (
          ["train", "--recipe", "recipe.yaml", "--anchors", "auto"], 64, "has no anchors: its head"
        ),
        (["anchors", "--data", "data/data.yaml", "--model", "tiny.yaml"], 64, "has no anchors"),
        (
          ["anchors", "--data", "data/data.yaml", "--model", "anchored.yaml", "--count", "1"], 64,
          "1 anchors are too few for 2 levels"
        ),
        (
          ["anchors", "--data", "data/data.yaml", "--model", "anchored.yaml", "--count", "999"], 64,
          "different sizes; ask for"
        ),
        (["anchors", "--data", "nowhere"], 66, "nowhere"),
        (["anchors", "--data", "shapes", "--count", "0"], 64, "expected 1 … 1000"),
        (
          ["anchors", "--data", "data/data.yaml", "--model", "anchored.yaml", "--size", "70"], 64,
          "multiples of 16"
        ),
      ] as [([String], Int32, String)])
    func mistakesAreOneLine(_ arguments: [String], _ status: Int32, _ text: String) throws {
      let scratch = try scratch(train: 4)
      let output = try Binary.run(arguments, in: scratch)
      #expect(output.status == status, "\(output.standardError)")
      #expect(output.standardError.contains(text), "\(output.standardError)")
      #expect(output.standardError.split(separator: "\n").count { $0.hasPrefix("error:") } == 1)
    }

    @Test func idleCountIsSaid() throws {
      let scratch = try scratch(train: 4)
      let run = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--anchor-count", "5", "--out", "run"], in: scratch)
      #expect(run.standardError.contains("anchorCount 5 has no effect with anchors model"))
    }
  }
}
