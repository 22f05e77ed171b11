import Foundation
import Testing

extension BinaryTests {
  @Suite struct EffectiveFieldCommandTests {
    private let measure = [
      "rf", "--effective", "--model", "tiny.yaml", "--size", "64", "--pictures", "3", "--json", "-",
    ]

    @Test func levelsHaveMeasuredFieldsAndMaps() throws {
      let scratch = try Scratch(train: 4)
      let arguments = measure + ["--data", "data/data.yaml", "--split", "val"]
      let report = try document(Binary.run(arguments + ["--out", "rf"], in: scratch))
      let levels = try #require(report["levels"] as? [[String: Any]])
      for level in levels {
        let field = try #require(level["effective"] as? [String: Any])
        let diameters = ["diameter50", "diameter90", "diameter95"].compactMap {
          field[$0] as? Double
        }
        #expect(diameters.count == 3 && diameters == diameters.sorted() && diameters[0] > 0)
        #expect((field["sigma"] as? [Double])?.count == 2 && field["pictures"] as? Int == 3)
        #expect((level["effectiveRange"] as? [Double])?[1] == diameters[1])
        #expect(level["effectiveShare"] is Double)
      }
      let measurement = try #require(report["effective"] as? [String: Any])
      #expect(measurement["weights"] as? String == "random weights, seed 0")
      #expect((measurement["pictures"] as? String)?.hasPrefix("3 pictures of ") == true)
      let names = scratch.names("rf/pictures")
      #expect(names.contains("effective-p3.png") && names.contains("effective-p4.png"))
      let again = try document(Binary.run(arguments, in: scratch))
      #expect(again as NSDictionary == report as NSDictionary)
    }

    @Test func noiseServesWithoutData() throws {
      let scratch = try Scratch(train: 0)
      let seeds = try ["0", "1"].map {
        try document(Binary.run(measure + ["--seed", $0], in: scratch)) as NSDictionary
      }
      #expect(seeds[0] != seeds[1])
      let measurement = try #require(seeds[0]["effective"] as? [String: Any])
      #expect(measurement["pictures"] as? String == "3 pictures of noise")
    }

    @Test func weightsAreMeasuredAsTrained() throws {
      let scratch = try Scratch(train: 0)
      let report = try document(
        Binary.run(
          [
            "rf", "--effective", "--weights", "shapes", "--size", "96", "--pictures", "1", "--json",
            "-",
          ],
          in: scratch))
      let measurement = try #require(report["effective"] as? [String: Any])
      #expect(measurement["weights"] as? String == "weights shapes")
    }

    @Test(arguments: [
      (["--pictures", "3"], "go with --effective"),
      (["--effective", "--pictures", "0"], "1 … 10000"),
      (["--effective", "--split", "val"], "--split goes with --data"),
    ])
    func mistakesAreOneLine(_ arguments: [String], _ text: String) throws {
      let scratch = try Scratch(train: 0)
      let output = try Binary.run(["rf", "--model", "tiny.yaml"] + arguments, in: scratch)
      #expect(output.status == 64 && output.standardError.contains(text), "\(output.standardError)")
    }

    @Test func unreadablePicturesAreSaid() throws {
      let scratch = try Scratch(train: 4)
      let folder = try #require(
        ["data/images/train", "data/train/images"].first { !scratch.names($0).isEmpty })
      for name in scratch.names(folder) { try scratch.write("no picture", to: "\(folder)/\(name)") }
      let output = try Binary.run(measure + ["--data", "data/data.yaml"], in: scratch)
      #expect(output.status == 65 || output.status == 66, "\(output.standardError)")
    }
  }
}
