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

    @Test func previewDrawsWhatTrainingSees() throws {
      let scratch = try Scratch()
      let settings = [
        "--data", "data", "--size", "96", "--count", "5", "--seed", "3", "--paste", "1",
        "--paste-copies", "2", "--mix-up", "0.5",
      ]
      let output = try Binary.run(
        ["data", "preview", "--out", "look", "--singles"] + settings, in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      #expect(
        scratch.names("look")
          == ["1.png", "2.png", "3.png", "4.png", "5.png", "preview.png", "recipes.json"])
      let sheet = try #require(scratch.bytes("look/preview.png"))
      // Four cells of 96 and gaps of 6, in the header's big-endian width.
      #expect([UInt8](sheet[16..<20]) == [0, 0, 1, 158])
      let json = try JSONSerialization.jsonObject(with: scratch.bytes("look/recipes.json")!)
      let samples = try #require((json as? [String: Any])?["samples"] as? [[String: Any]])
      #expect(samples.count == 5)
      var pasted = 0
      for sample in samples {
        let recipe = try #require(sample["recipe"] as? [String: Any])
        #expect((recipe["sources"] as? [Any])?.count == (sample["pictures"] as? [Any])?.count)
        #expect((sample["path"] as? String)?.hasSuffix(".jpg") == true)
        let targets = try #require(sample["targets"] as? [[String: Any]])
        pasted += targets.count { $0["pasted"] as? Bool == true }
        #expect(targets.allSatisfy { ($0["box"] as? [Double])?.count == 4 })
      }
      #expect(pasted > 0)
      let again = try Binary.run(
        ["data", "preview", "--out", "again", "--workers", "1", "--percentiles", "2,98"] + settings,
        in: scratch)
      #expect(again.status == 0)
      #expect(again.standardError.contains("percentiles has no effect: normalization is linear"))
      #expect(scratch.bytes("again/recipes.json") == scratch.bytes("look/recipes.json"))
      #expect(scratch.bytes("again/preview.png") == sheet)
      let taken = try Binary.run(["data", "preview", "--out", "look"] + settings, in: scratch)
      #expect(taken.status == 73)
      let many = try Binary.run(["data", "preview", "--data", "data", "--count", "0"], in: scratch)
      #expect(many.status == 64 && many.standardError.contains("--count is 0"))
      let unknown = try Binary.run(
        ["data", "preview", "--data", "data", "--paste-from", "some"], in: scratch)
      #expect(unknown.status == 64 && unknown.standardError.contains("same | any"))
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
