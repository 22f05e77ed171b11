import Foundation
import Testing

extension BinaryTests {
  @Suite struct ExplainCommandTests {
    private struct Report: Decodable {
      struct Stage: Decodable {
        var stage: String
        var count: Int
      }
      struct Counts: Decodable {
        var name: String
        var objects: Int
        var found: Int
        var stages: [Stage]
      }
      struct Miss: Decodable {
        var label: String
        var box: [Double]
        var stage: String
        var reason: String
        var shown: String
      }
      struct Image: Decodable {
        var file: String
        var objects: Int
        var found: Int
        var misses: [Miss]
      }
      var objects: Int
      var found: Int
      var missed: Int
      var stages: [Stage]
      var bySize: [Counts]
      var perClass: [Counts]
      var images: [Image]
    }

    private func trained() throws -> Scratch {
      let scratch = try Scratch(train: 8)
      let output = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--epochs", "1", "--out", "run"], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      return scratch
    }

    private func decoded(_ output: Binary.Output, status: Int32 = 0) throws -> Report {
      #expect(output.status == status, "\(output.standardError)")
      return try JSONDecoder().decode(Report.self, from: Data(output.standardOutput.utf8))
    }

    @Test func everyMissOfASplitHasAStage() throws {
      let scratch = try trained()
      let report = try decoded(
        Binary.run(
          [
            "explain", "--weights", "run", "--data", "data/data.yaml", "--json", "-", "--out",
            "drawn", "--pictures", "2",
          ], in: scratch))
      #expect(report.objects > 0 && report.found + report.missed == report.objects)
      #expect(report.stages.map(\.count).reduce(0, +) == report.missed)
      #expect(report.images.map(\.misses.count).reduce(0, +) == report.missed)
      #expect(report.bySize.map(\.objects).reduce(0, +) == report.objects)
      #expect(report.perClass.map(\.objects).reduce(0, +) == report.objects)
      // One epoch finds nothing; the worst pictures come first.
      let worst = report.images.map(\.misses.count).sorted(by: >)
      #expect(worst.count == 4 && worst[1] > 0)
      let drawn = scratch.names("drawn")
      try #require(drawn.count == 2)
      let stems = report.images.map { ($0.file as NSString).lastPathComponent.dropLast(4) }
      let first = try #require(stems.firstIndex { drawn[0] == "001-\($0).jpg" })
      #expect(report.images[first].misses.count == worst[0])
      #expect(drawn[1].hasPrefix("002-"))
    }

    @Test func tablesAndSinglePicturesAgree() throws {
      let scratch = try trained()
      let name = scratch.names("data/images/val")[2]
      let all = try decoded(
        Binary.run(
          ["explain", "--weights", "run", "--data", "data/data.yaml", "--json", "-"], in: scratch))
      let image = try #require(all.images.first { $0.file.hasSuffix("/\(name)") })
      for path in [name, "data/images/val/\(name)"] {
        let output = try Binary.run(
          ["explain", "--weights", "run", "--data", "data/data.yaml", "--image", path], in: scratch)
        #expect(output.status == 0, "\(output.standardError)")
        let text = output.standardOutput
        #expect(text.contains("\(image.objects) object") && text.contains("\(image.found) found"))
        for miss in image.misses { #expect(text.contains(miss.reason), "\(miss.reason)") }
      }
      let table = try Binary.run(
        ["explain", "--weights", "run", "--data", "data/data.yaml"], in: scratch)
      #expect(table.standardOutput.contains("\(all.objects) objects: \(all.found) found"))
    }

    @Test func unreadablePictureIsNoQuietSuccess() throws {
      let scratch = try trained()
      let path = "data/images/val/\(scratch.names("data/images/val")[0])"
      let whole = try #require(scratch.bytes(path))
      try whole.prefix(whole.count * 9 / 10)
        .write(to: URL(fileURLWithPath: "\(scratch.path)/\(path)"))
      let output = try Binary.run(
        ["explain", "--weights", "run", "--data", "data/data.yaml", "--json", "-"], in: scratch)
      #expect(try decoded(output, status: 65).images.count == 3)
      #expect(output.standardError.contains(path))
    }

    @Test func assignerIsAuditedWithAndWithoutWeights() throws {
      let scratch = try trained()
      for network in [["--model", "tiny.yaml", "--size", "64"], ["--weights", "run"]] {
        let audit = try document(
          Binary.run(
            ["explain", "--assigner", "--data", "data/data.yaml", "--json", "-"] + network,
            in: scratch))
        let all = try #require(audit["all"] as? [String: Any])
        #expect(audit["assigner"] as? String == "taskAligned")
        #expect(audit["basis"] as? String == (network[0] == "--model" ? "untrained" : "trained"))
        #expect(all["objects"] as? Int ?? 0 > 0 && audit["pictures"] as? Int == 8)
        let sides = try #require(audit["bySide"] as? [[String: Any]])
        #expect(
          sides.map { $0["objects"] as? Int ?? 0 }.reduce(0, +) == all["objects"] as? Int)
      }
    }

    static let refused: [ExitCodeTests.Case] = [
      .init(arguments: [], status: 64, says: "--weights"),
      .init(arguments: ["--weights", "run", "--conf", "2"], status: 64, says: "--conf"),
      .init(arguments: ["--weights", "run", "--match-iou", "0"], status: 64, says: "--match-iou"),
      .init(arguments: ["--weights", "run", "--model", "nano"], status: 64, says: "--assigner"),
      .init(arguments: ["--assigner", "--image", "a.jpg"], status: 64, says: "--image"),
      .init(arguments: ["--assigner", "--size", "100"], status: 64, says: "multiples of"),
      .init(
        arguments: ["--weights", "run", "--image", "none.jpg"], status: 66,
        says: "none.jpg: no such picture in data/data.yaml (train, val)"),
      .init(arguments: ["--weights", "run", "--out", "data"], status: 73, says: "data"),
      .init(arguments: ["--weights", "run", "--split", "test"], status: 64, says: "test"),
      .init(arguments: ["--weights", "bccd"], status: 65, says: "RBC"),
    ]

    @Test func wrongUseIsRefusedInOneLine() throws {
      let scratch = try trained()
      for one in Self.refused {
        let output = try Binary.run(
          ["explain", "--data", "data/data.yaml"] + one.arguments, in: scratch)
        #expect(output.status == one.status, "\(one.arguments): \(output.standardError)")
        #expect(output.standardError.contains(one.says), "\(output.standardError)")
        #expect(output.standardOutput.isEmpty)
        #expect(output.standardError.split(separator: "\n").count == 1)
      }
    }
  }
}
