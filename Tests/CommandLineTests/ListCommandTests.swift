import Foundation
import Testing

extension BinaryTests {
  /// `summary --list`, and what `summary` warns of.
  @Suite struct ListCommandTests {
    @Test func listsPresetsAndParts() throws {
      let scratch = try Scratch(train: 0)
      let result = try Binary.run(["summary", "--list", "--size", "128"], in: scratch)
      #expect(result.status == 0, "\(result.standardError)")
      let rows = result.standardOutput.split(separator: "\n").map { $0.split(separator: " ") }
      for (kind, name) in [
        ("preset", "retina-resnet50"), ("backbone", "mobilenetV3Large"), ("context", "aspp"),
        ("neck", "bidirectionalPyramid"), ("head", "anchor"),
      ] {
        let row = try #require(rows.first { $0.count > 3 && $0[0] == kind && $0[1] == name })
        #expect(row[2] != "–", "\(name)")
      }
    }

    @Test func griddingIsWarnedOf() throws {
      let scratch = try Scratch(train: 0)
      let yaml = "context: {type: dilated, channels: 64, dilations: [2, 2, 2]}\n"
      try yaml.write(toFile: scratch.path + "/gridded.yaml", atomically: true, encoding: .utf8)
      let result = try Binary.run(
        ["summary", "--model", "gridded.yaml", "--size", "64"], in: scratch)
      #expect(result.status == 0)
      #expect(result.standardError.contains("dilations 2, 2, 2 of context.dilated see 7 of 13"))
      let report = try Binary.run(["rf", "--model", "gridded.yaml", "--size", "64"], in: scratch)
      #expect(report.standardOutput.contains("see 7 of 13 cells"))
    }
  }
}
