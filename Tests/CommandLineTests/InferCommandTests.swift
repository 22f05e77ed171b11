import Foundation
import Testing

extension BinaryTests {
  @Suite struct InferCommandTests {
    private struct Report: Decodable {
      struct Image: Decodable {
        struct Found: Decodable {
          var label: String
          var `class`: Int
          var score: Double
          var box: [Double]
        }
        var file: String
        var width: Int
        var height: Int
        var detections: [Found]
        var milliseconds: [String: Double]
      }
      struct Problem: Decodable {
        var file: String
        var error: String
      }
      var model: String
      var size: Int
      var images: [Image]
      var errors: [Problem]
    }

    private func trained() throws -> Scratch {
      let scratch = try Scratch(train: 8)
      let output = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--epochs", "1", "--out", "runs/train"], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      return scratch
    }

    /// One line, from every command that runs a model at another size than it was trained at.
    @Test func positionsOfOtherSizesAreSaid() throws {
      let scratch = try Scratch(train: 4, val: 2)
      try scratch.write(
        """
        strides: [8, 16]
        backbone:
          widths: [32, 32, 32]
          depths: [1, 1, 1]
          attention: {type: selfAttention, after: [8, 16]}
          poolsPyramid: false
        context: {type: dilated, channels: 32, dilations: [2, 2, 2]}
        neck: {widths: [32, 32]}
        head: {channels: 16, depth: 1}
        """, to: "attending.yaml")
      func lines(_ arguments: [String]) throws -> [String] {
        let output = try Binary.run(arguments, in: scratch)
        #expect(output.status == 0, "\(output.standardError)")
        return output.standardError.split(separator: "\n").map(String.init)
      }
      let note =
        "backbone.stage2.attention.attention and 1 more: positions learned for 10×10 cells "
      let training = try lines([
        "train", "--recipe", "recipe.yaml", "--model", "attending.yaml", "--epochs", "1",
        "--multi-scale", "0.5", "--out", "run",
      ])
      #expect(
        training.filter { $0.contains("positions") } == [
          note + "are interpolated linearly to 4×4 … 12×12 in the first"
        ])
      #expect(training.contains { $0.hasPrefix("warning: dilations 2, 2, 2 of context.dilated") })
      let commands = [
        ["val", "--weights", "run", "--data", "data/data.yaml"],
        ["infer", "data/images/val", "--weights", "run", "--no-images"],
      ]
      for command in commands {
        #expect(try !lines(command).contains { $0.contains("positions") })
      }
      for command in commands + [["rf", "--weights", "run"], ["summary", "--weights", "run"]] {
        #expect(
          try lines(command + ["--size", "128"]).filter { $0.contains("positions") } == [
            note + "are interpolated linearly to 16×16 in the first"
          ])
      }
    }

    /// Figures over fewer pictures than there are must not pass for the whole.
    @Test func unreadablePictureIsNoQuietSuccessOfVal() throws {
      let scratch = try trained()
      try scratch.write("no picture", to: "data/images/val/val_000000.jpg")
      let output = try Binary.run(
        ["val", "--weights", "runs/train", "--data", "data/data.yaml", "--json", "-"], in: scratch)
      #expect(output.status == 65)
      #expect(output.standardError.contains("val_000000.jpg"))
      #expect(output.standardError.contains("1 unreadable pictures are not in these figures"))
      #expect(output.standardOutput.hasPrefix("{"))
    }

    @Test func doesWhatCanBeDoneAndListsTheRest() throws {
      let scratch = try trained()
      let name = scratch.names("data/images/val")[0]
      let whole = try #require(scratch.bytes("data/images/val/\(name)"))
      try whole.prefix(whole.count * 9 / 10)
        .write(to: URL(fileURLWithPath: scratch.path + "/cut.jpg"))
      let output = try Binary.run(
        ["infer", "data/images/val", "cut.jpg", "none.jpg", "--conf", "0", "--json", "-"],
        in: scratch)
      #expect(output.status == 65)
      let report = try JSONDecoder().decode(Report.self, from: Data(output.standardOutput.utf8))
      #expect(report.size == 64)
      #expect(report.images.count == 4)
      #expect(report.errors.map(\.file).sorted() == ["cut.jpg", "none.jpg"])
      #expect(
        Set(report.images[0].milliseconds.keys)
          == ["decode", "preprocess", "network", "postprocess"])
      for found in report.images.flatMap(\.detections) {
        #expect(found.box[0] >= 0 && found.box[0] + found.box[2] <= 64.001)
      }
      #expect(scratch.names("runs/infer") == scratch.names("data/images/val"))
    }

    @Test func missingSourceAloneIs66() throws {
      let scratch = try trained()
      let output = try Binary.run(["infer", "none/*.jpg"], in: scratch)
      #expect(output.status == 66)
      #expect(scratch.names("runs") == ["train"])
    }

    @Test func valWritesItsFiguresAndDetectionsForEval() throws {
      let scratch = try trained()
      let output = try Binary.run(
        [
          "val", "--weights", "runs/train", "--data", "data/data.yaml", "--json", "-",
          "--detections", "found.json",
        ], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      let figures = try JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8))
      let names = Set((figures as? [String: Any] ?? [:]).keys)
      #expect(names.isSuperset(of: ["AP", "AP50", "ARlarge", "perClass", "seconds"]))
      #expect(scratch.bytes("found.json") != nil)
    }
  }
}
