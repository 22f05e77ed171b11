import Foundation
import Testing

extension BinaryTests {
  @Suite struct DataCommandTests {
    @Test(arguments: ["voc", "yolo", "coco", "csv"])
    func whatIsConvertedTrainsAndValidatesTheSame(_ format: String) throws {
      let scratch = try Scratch()
      let converted = try Binary.run(
        ["data", "convert", "--data", "data/data.yaml", "--out", "new", "--format", format],
        in: scratch)
      #expect(converted.status == 0, "\(converted.standardError)")
      #expect(converted.standardOutput.contains("new/data.yaml: train 8 pictures with "))
      let losses = try ["data", "new"].map { data in
        let output = try Binary.run(
          [
            "train", "--recipe", "recipe.yaml", "--data", "\(data)/data.yaml", "--epochs", "1",
            "--out", "run-\(data)",
          ], in: scratch)
        #expect(output.status == 0, "\(output.standardError)")
        return try #require(scratch.bytes("run-\(data)/metrics.csv"))
      }
      #expect(losses[0] == losses[1])
      let fields = try Binary.run(
        ["rf", "--model", "tiny.yaml", "--size", "64", "--data", "new"], in: scratch)
      #expect(fields.status == 0, "\(fields.standardError)")
    }
  }
}
