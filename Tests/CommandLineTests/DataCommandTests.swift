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

    @Test func statisticsAreOneDocumentAndAPicture() throws {
      let scratch = try Scratch()
      let output = try Binary.run(
        [
          "data", "stats", "--data", "data", "--size", "64x32", "--decode", "5", "--json", "-",
          "--out", "stats",
        ], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      let json = try JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8))
      let document = try #require(json as? [String: Any])
      #expect(document["size"] as? [Int] == [64, 32])
      let splits = try #require(document["splits"] as? [[String: Any]])
      #expect(splits.map { $0["split"] as? String } == ["train", "val"])
      #expect(splits.map { $0["pictures"] as? Int } == [8, 4])
      let pixels = splits.map { $0["pixels"] as? [String: Any] }
      #expect(pixels.map { $0?["decodedPictures"] as? Int } == [5, 4])
      #expect(scratch.names("stats") == ["stats.json", "stats.png"])
      #expect(scratch.bytes("stats/stats.json") == Data(output.standardOutput.utf8))
      let tables = try Binary.run(["data", "stats", "--data", "data"], in: scratch)
      #expect(tables.standardOutput.contains("train native"))
    }
  }
}
