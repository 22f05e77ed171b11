import Foundation
import Testing

extension BinaryTests {
  @Suite struct DataCheckCommandTests {
    @Test func soundDataIsExitCodeZero() throws {
      let scratch = try Scratch()
      let output = try Binary.run(["data", "check", "--data", "data"], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      #expect(output.standardOutput.contains("12 pictures (train 8, val 4)"))
    }

    @Test func brokenDataIsExitCode65AndTheCopyPasses() throws {
      let scratch = try Scratch()
      try scratch.write(
        "0 0.5 0.5 0 0.1\n99 0.5 0.5 0.1 0.1\n", to: "data/labels/train/train_000003.txt")
      try scratch.write("junk", to: "data/images/val/val_000001.jpg")
      let output = try Binary.run(
        ["data", "check", "--data", "data", "--json", "-", "--fix", "fixed"], in: scratch)
      #expect(output.status == 65, "\(output.standardError)")
      let object = try JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8))
      let document = try #require(object as? [String: Any])
      let findings = try #require(document["findings"] as? [[String: Any]])
      let errors = findings.filter { $0["severity"] as? String == "error" }
      #expect(
        errors.compactMap { $0["kind"] as? String }
          == ["unreadablePicture", "unknownClass", "boxWithoutArea"])
      let again = try Binary.run(["data", "check", "--data", "fixed/data.yaml"], in: scratch)
      #expect(again.status == 0, "\(again.standardOutput)")
      #expect(scratch.names("").filter { $0.contains("partial") }.isEmpty)
    }

    @Test func descriptionThatWasTakenAmongSeveralIsSaid() throws {
      let scratch = try Scratch()
      try scratch.write(scratch.text("data/data.yaml"), to: "data/other.yaml")
      let output = try Binary.run(["data", "check", "--data", "data"], in: scratch)
      #expect(output.status == 0)
      #expect(
        output.standardOutput.contains("data.yaml and other.yaml, of which data.yaml was taken"))
    }

    @Test func fullFolderIsRefusedBeforeTheWork() throws {
      let scratch = try Scratch()
      let output = try Binary.run(
        ["data", "check", "--data", "data", "--fix", "data"], in: scratch)
      #expect(output.status == 73)
      #expect(output.standardOutput.isEmpty)
    }
  }
}
