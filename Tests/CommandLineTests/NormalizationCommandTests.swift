import Foundation
import TestSupport
import Testing

extension BinaryTests {
  /// Pictures that are no photographs, from training to detection.
  @Suite struct NormalizationCommandTests {
    private static let side = 64
    private static let channels = 5

    /// Bright squares on dim noise in five channels, those of floats with some values that are no
    /// numbers: `five/data.yaml`, and a model that takes them.
    private func scratch(isFloat: Bool) throws -> Scratch {
      let scratch = try Scratch(train: 0)
      for (split, count) in [("train", 12), ("val", 4)] {
        for folder in ["images", "labels"] {
          try FileManager.default.createDirectory(
            atPath: "\(scratch.path)/five/\(folder)/\(split)", withIntermediateDirectories: true)
        }
        for index in 0..<count {
          try data(isFloat: isFloat, index, isTraining: split == "train")
            .write(to: URL(fileURLWithPath: "\(scratch.path)/five/images/\(split)/\(index).tif"))
          try scratch.write("0 0.5 0.5 0.375 0.375\n", to: "five/labels/\(split)/\(index).txt")
        }
      }
      try scratch.write(
        "train: images/train\nval: images/val\nnames: [square]\n", to: "five/data.yaml")
      let tiny = String(decoding: try #require(scratch.bytes("tiny.yaml")), as: UTF8.self)
      try scratch.write(tiny + "\ninputChannels: 5\n", to: "five.yaml")
      return scratch
    }

    private func data(isFloat: Bool, _ index: Int, isTraining: Bool) -> Data {
      var file = TIFFFile(width: Self.side, height: Self.side, channels: Self.channels)
      file.layout = isFloat ? .chunky : .planar
      let noise = counterValues(
        name: "\(index) \(isTraining)", count: Self.side * Self.side * Self.channels)
      let values = noise.enumerated().map { place, noise in
        let pixel = place / Self.channels
        let (x, y) = (pixel % Self.side, pixel / Self.side)
        let isInside = (20..<44).contains(x) && (20..<44).contains(y)
        return 1000 + 100 * noise + (isInside ? 2000 : 0)
      }
      guard isFloat else { return file.bytes(values.map { UInt16($0) }) }
      var floats = values.map { Float($0) }
      if index == 1 { floats[7] = .nan }
      return file.bytes(floats)
    }

    private func train(_ scratch: Scratch, _ out: String, _ more: [String] = []) throws
      -> Binary.Output
    {
      try Binary.run(
        [
          "train", "--recipe", "recipe.yaml", "--model", "five.yaml", "--data", "five/data.yaml",
          "--normalization", "percentile", "--epochs", "2", "--out", out,
        ] + more, in: scratch)
    }

    @Test(arguments: [true, false]) func detectionIsTheSameInValAndInfer(isFloat: Bool) throws {
      let scratch = try scratch(isFloat: isFloat)
      let output = try train(scratch, "run")
      #expect(output.status == 0, "\(output.standardError)")
      #expect(
        output.standardError.contains(
          "normalization percentile 1.0 and 99.0, measured on 12 of 12 training pictures"))
      #expect(output.standardError.contains("hue, saturation, value without effect"))
      #expect(output.standardError.contains("NaN or infinite") == isFloat)
      let written = try #require(scratch.bytes("run/settings.yaml"))
      let settings = String(decoding: written, as: UTF8.self)
      #expect(settings.contains("normalization: percentile"))
      #expect(settings.contains("#   channel 5: low "))
      let val = try Binary.run(
        [
          "val", "--weights", "run", "--data", "five/data.yaml", "--batch", "1", "--detections",
          "val.json",
        ], in: scratch)
      #expect(val.status == 0, "\(val.standardError)")
      let infer = try Binary.run(
        [
          "infer", "five/images/val", "--weights", "run", "--conf", "0.001", "--iou", "0.6",
          "--json", "-", "--out", "drawn",
        ], in: scratch)
      let images = try #require(try document(infer)["images"] as? [[String: Any]])
      let found = try JSONSerialization.jsonObject(with: try #require(scratch.bytes("val.json")))
      let validated = try #require(found as? [[String: Any]])
      #expect(images.count == 4 && !validated.isEmpty)
      for (index, image) in images.enumerated() {
        let inferred = try #require(image["detections"] as? [[String: Any]])
        let own = validated.filter { $0["image_id"] as? Int == index + 1 }
        #expect(inferred.count == own.count && !own.isEmpty)
        for (a, b) in zip(numbers(inferred, "box"), numbers(own, "bbox")) {
          for (x, y) in zip(a, b) { #expect(abs(x - y) < 2e-3) }
        }
      }
      #expect(scratch.names("drawn").count == 4)
    }

    /// Score and box, best first.
    private func numbers(_ detections: [[String: Any]], _ key: String) -> [[Double]] {
      detections.map { [$0["score"] as? Double ?? -1] + ($0[key] as? [Double] ?? []) }
        .sorted { $0[0] > $1[0] }
    }

    @Test func settingsRepeatTheRunWhateverTheWorkers() throws {
      let scratch = try scratch(isFloat: true)
      #expect(try train(scratch, "run", ["--normalization-pictures", "5"]).status == 0)
      let again = try Binary.run(
        ["train", "--recipe", "run/settings.yaml", "--workers", "4", "--out", "again"], in: scratch)
      #expect(again.status == 0, "\(again.standardError)")
      #expect(again.standardError.contains("measured on 5 of 12 training pictures"))
      let weights = "weights/last.safetensors"
      #expect(scratch.bytes("run/\(weights)") != nil)
      #expect(scratch.bytes("run/\(weights)") == scratch.bytes("again/\(weights)"))
    }

    @Test func whatDoesNotFitIsOneLine() throws {
      let scratch = try scratch(isFloat: true)
      let channels = try train(scratch, "a", ["--model", "tiny.yaml"])
      #expect(channels.status == 64)
      #expect(channels.standardError.contains("inputChannels is 3 in this model, but "))
      #expect(channels.standardError.contains("0.tif, the first picture, has 5 channels"))
      let linear = try train(scratch, "b", ["--normalization", "linear"])
      #expect(linear.status == 64)
      #expect(linear.standardError.contains("normalization is linear, for 8 and 16 bits"))
      let swapped = try train(scratch, "c", ["--percentiles", "99,1"])
      #expect(swapped.status == 64 && swapped.standardError.contains("0 ≤ LOW < HIGH ≤ 100"))
      let val = try Binary.run(
        ["val", "--weights", "shapes", "--data", "five/data.yaml"], in: scratch)
      #expect(val.status != 0 && !val.standardError.contains("objects count as missed"))
    }

    @Test func firstConvolutionOfOtherWeightsIsSaid() throws {
      let scratch = try scratch(isFloat: false)
      _ = try Binary.run(
        ["data", "shapes", "--out", "data", "--train", "4", "--val", "2", "--size", "64"],
        in: scratch)
      let photographs = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--epochs", "1", "--out", "photographs"], in: scratch)
      #expect(photographs.status == 0, "\(photographs.standardError)")
      let output = try train(scratch, "run", ["--weights", "photographs"])
      #expect(output.status == 0, "\(output.standardError)")
      #expect(output.standardError.contains("of another shape: ["))
      #expect(output.standardError.contains("] in the file, ["))
      #expect(output.standardError.contains("these weights were trained with normalization linear"))
      // A picture of other channels is said by infer, and what can be done is.
      let infer = try Binary.run(
        ["infer", "five/images/val", "--weights", "photographs", "--no-images"], in: scratch)
      #expect(infer.status == 65)
      #expect(infer.standardError.contains("has 5 channels where 3 are taken"))
    }

    @Test func statsListPercentilesOfEveryChannel() throws {
      let scratch = try scratch(isFloat: false)
      let output = try Binary.run(["data", "stats", "--data", "five/data.yaml"], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      let lines = output.standardOutput.split(separator: "\n")
      #expect(lines.contains { $0.contains("0.1 %") && $0.contains("99.9 %") })
      #expect(lines.count { $0.contains("channel 5") && $0.contains("16 bits") } == 2)
    }
  }
}
