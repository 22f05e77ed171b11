import Foundation
import Testing

extension BinaryTests {
  /// Two pictures, an object of 10 × 10 in each; one is found, one taken for another class.
  @Suite struct EvalCommandTests {
    private static let truth = """
      {"images": [{"id": 5}, {"id": 7}],
       "categories": [{"id": 2, "name": "cat"}, {"id": 9, "name": "dog"}],
       "annotations": [
        {"id": 1, "image_id": 5, "category_id": 2, "bbox": [0, 0, 10, 10], "area": 100, "iscrowd": 0},
        {"id": 2, "image_id": 7, "category_id": 9, "bbox": [0, 0, 10, 10], "area": 100, "iscrowd": 0}]}
      """
    private static let cat =
      #"{"image_id": 5, "category_id": 2, "bbox": [0, 0, 10, 8], "score": 0.9}"#
    private static let wrong =
      #"{"image_id": 7, "category_id": 2, "bbox": [0, 0, 10, 10], "score": 0.4}"#

    private func scratch(
      truth: String = truth, detections: String = "[\(cat), \(wrong)]"
    ) throws -> Scratch {
      let scratch = try Scratch(train: 0)
      try scratch.write(truth, to: "truth.json")
      try scratch.write(detections, to: "found.json")
      return scratch
    }

    private func eval(_ options: [String], in scratch: Scratch) throws -> Binary.Output {
      try Binary.run(
        ["eval", "--truth", "truth.json", "--detections", "found.json"] + options, in: scratch)
    }

    @Test func plainFiguresComeFirstAndNothingElse() throws {
      let output = try eval([], in: scratch())
      #expect(output.status == 0 && output.standardError.isEmpty, "\(output.standardError)")
      #expect(output.standardOutput.hasPrefix("AP "))
      #expect(output.standardOutput.split(separator: "\n").count == 5)
    }

    @Test func thresholdsAreaRangesAndLimitsAreOnesOwn() throws {
      // IoU 0.8 of the cat: found at 0.6, 0.7 and 0.8; the dog never: AP = (1 + 0) / 2.
      let report = try document(
        eval(
          [
            "--iou", "0.6:0.8:0.1,0.95", "--areas", "tiny=0-99,rest=99-inf",
            "--max-detections", "1,300", "--json", "-",
          ], in: scratch()))
      let overlaps = try #require(report["overlaps"] as? [[String: Any]])
      for (row, expected) in zip(overlaps, [(0.6, 0.5), (0.7, 0.5), (0.8, 0.5), (0.95, 0)]) {
        #expect(abs((row["iou"] as? Double ?? 0) - expected.0) < 1e-9, "\(row)")
        #expect(abs((row["AP"] as? Double ?? 1) - expected.1) < 1e-9, "\(row)")
      }
      #expect(overlaps.count == 4)
      #expect(report["AP50"] is NSNull && report["APsmall"] is NSNull)
      #expect(report["AR1"] is Double && report["AR100"] is NSNull)
      let areas = try #require(report["areas"] as? [[String: Any]])
      #expect(areas.compactMap { $0["name"] as? String } == ["all", "tiny", "rest"])
      #expect(areas.compactMap { $0["instances"] as? Int } == [2, 0, 2])
      let limits = try #require(report["limits"] as? [[String: Any]])
      #expect(limits.compactMap { $0["maxDetections"] as? Int } == [1, 300])
    }

    @Test func cocosThresholdsCanBeWrittenAsARange() throws {
      let scratch = try scratch()
      let thresholds = try [[], ["--iou", "0.5:0.95:0.05"]].map { options in
        let report = try document(eval(options + ["--json", "-"], in: scratch))
        return (report["overlaps"] as? [[String: Any]])?.compactMap { $0["iou"] as? Double }
      }
      #expect(thresholds[0]?.count == 10 && thresholds[0] == thresholds[1])
    }

    @Test func tablesArePrintedWhereTheyWereAskedFor() throws {
      let scratch = try scratch()
      try scratch.write(Self.truth, to: "training.json")
      let output = try eval(
        [
          "--voc", "--confusion", "--by-area", "--curves", "curves.json", "--iou", "0.5",
          "--training-truth", "training.json", "--errors",
          "--calibration", "--operating-points", "precision=0.5,recall=0.9", "--bootstrap", "20",
          "--against", "found.json",
        ], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      let text = output.standardOutput
      for part in [
        "AP 2007", "background", "medium", "best F1", "rare", "federated", "IoU", "dAP", "gap",
        "not reached", "95 %", "p, two",
      ] {
        #expect(text.contains(part), "\(part): \(text)")
      }
      let data = try #require(scratch.bytes("curves.json"))
      let curves = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let all = try #require(curves["all"] as? [String: Any])
      // One of two objects found by one of two detections, best by the first alone: 2 / 3.
      let best = try #require(all["best"] as? [String: Double])
      #expect(abs(best["f1"]! - 2 / 3.0) < 1e-9 && best["score"] == 0.9)
      #expect((all["points"] as? [Any])?.count == 2)
    }

    @Test func confusionHasTruthInRows() throws {
      let report = try document(eval(["--confusion", "--json", "-"], in: scratch()))
      let confusion = try #require(report["confusion"] as? [String: Any])
      #expect(confusion["counts"] as? [[Int]] == [[1, 0, 0], [1, 0, 0], [0, 0, 0]])
      #expect(confusion["labels"] as? [String] == ["cat", "dog"])
    }

    @Test(arguments: [
      ["--iou", "0"], ["--iou", "0.5,0.5"], ["--iou", "0.5:0.9:0.15"], ["--iou", "1.5"],
      ["--iou", ""], ["--areas", "small"], ["--areas", "a=5-1"], ["--areas", "a=0-1,a=1-2"],
      ["--areas", "all=0-1"], ["--max-detections", "0"], ["--max-detections", "1,x"],
      ["--confusion-score", "2"], ["--curves", "-"], ["--bootstrap", "1"],
      ["--operating-points", "precison=0.5"], ["--operating-points", "recall=2"],
      ["--operating-points", ""], ["--operating-points", "fppi=-1"], ["--calibration-bins", "0"],
      ["--confusion-score", "0.5"], ["--calibration-bins", "5"], ["--bootstrap-seed", "5"],
    ])
    func wrongListIsWrongUsage(options: [String]) throws {
      let output = try eval(options, in: scratch())
      #expect(output.status == 64, "\(output.standardError)")
      #expect(output.standardError.split(separator: "\n").count == 1, "\(output.standardError)")
      #expect(output.standardError.contains(options[0]), "\(output.standardError)")
    }

    struct Broken: Sendable, CustomTestStringConvertible {
      var truth = EvalCommandTests.truth
      var detections = "[]"
      /// Part of the line on standard error.
      var says: String
      var testDescription: String { says }

      static func truth(_ old: String, _ new: String, says: String) -> Broken {
        Broken(truth: EvalCommandTests.truth.replacing(old, with: new), says: says)
      }

      /// The second of two detections is broken.
      static func entry(_ old: String, _ new: String, says: String) -> Broken {
        let cat = EvalCommandTests.cat
        return Broken(detections: "[\(cat), \(cat.replacing(old, with: new))]", says: says)
      }
    }

    private static let broken: [Broken] = [
      Broken(truth: "", says: "truth.json: is empty"),
      Broken(truth: "[]", says: "truth.json: is not a JSON object"),
      .truth("categories", "classes", says: "truth.json: lacks 'categories'"),
      .truth(#""image_id": 7"#, #""image_id": 8"#, says: "annotations[1] names image 8"),
      .truth(#""category_id": 9"#, #""category_id": 8"#, says: "annotations[1] names category 8"),
      .truth(#""area": 100"#, #""area": "x""#, says: "annotations[0] (id 1) area is a string"),
      .truth(#""area": 100, "#, "", says: "annotations[0] (id 1) lacks 'area'"),
      .truth(#"{"id": 7}"#, #"{"id": 5}"#, says: "images[1] repeats the id 5"),
      .truth(#"{"id": 7}"#, "{}", says: "images[1] lacks 'id'"),
      .truth(
        #""id": 2, "image_id""#, #""id": 1, "image_id""#, says: "annotations[1] repeats the id 1"),
      .truth("0, 10, 10]", "0, -10, 10]", says: "annotations[0] (id 1) width of bbox is -10"),
      .truth("0, 10, 10]", "0, 10, -1.5]", says: "annotations[0] (id 1) height of bbox is -1.5"),
      .truth(#""area": 100"#, #""area": -2"#, says: "annotations[0] (id 1) area is -2, expected 0"),
      .truth(
        #""iscrowd": 0"#, #""iscrowd": 2"#, says: "annotations[0] (id 1) iscrowd is 2, expected"),
      Broken(detections: "", says: "found.json: is empty"),
      Broken(detections: "{}", says: "found.json: is not a JSON list"),
      Broken(detections: "[7]", says: "found.json: [0] is a number, expected an object"),
      Broken(detections: "[\(cat), {", says: "found.json: ends early in [1]"),
      .entry("5", "6", says: "found.json: [1] names image 6"),
      .entry("0.9", "NaN", says: "found.json: [1] is not JSON: there is no NaN"),
      .entry("0.9", "-Infinity", says: "found.json: [1] is not JSON: there is no Infinity"),
      .entry("0.9", "null", says: "found.json: [1] score is null, expected a number"),
      .entry(#", "score": 0.9"#, "", says: "found.json: [1] lacks 'score', which COCO results"),
      .entry("10, 8", "10", says: "found.json: [1] bbox holds 3 numbers"),
    ]

    @Test(arguments: broken)
    func brokenFileIsNamedWithItsEntry(broken: Broken) throws {
      let output = try eval([], in: scratch(truth: broken.truth, detections: broken.detections))
      #expect(output.status == 65, "\(output.standardError)")
      #expect(output.standardOutput.isEmpty)
      #expect(output.standardError.split(separator: "\n").count == 1, "\(output.standardError)")
      #expect(output.standardError.contains(broken.says), "\(output.standardError)")
    }

    @Test func whatIsLeftOutIsCounted() throws {
      let unknown = Self.cat.replacing(#""category_id": 2"#, with: #""category_id": 3"#)
      let turned = Self.cat.replacing("10, 8", with: "-10, 8")
      let output = try eval([], in: scratch(detections: "[\(Self.cat), \(unknown), \(turned)]"))
      #expect(output.status == 0)
      #expect(output.standardError.contains("1 detections of categories that the truth does not"))
      #expect(output.standardError.contains("1 boxes of negative width or height"))
      #expect(try eval([], in: scratch(detections: "[]")).standardError.contains("no detections"))
      let empty = """
        {"images": [{"id": 5}, {"id": 7}], "categories": [{"id": 2, "name": "cat"}],
        "annotations": []}
        """
      #expect(try eval([], in: scratch(truth: empty)).standardError.contains("no objects"))
    }

    @Test func calibrationNeedsScoresThatCanBeProbabilities() throws {
      let scratch = try scratch(
        detections: "[\(Self.cat), \(Self.cat.replacing("0.9", with: "2.5"))]")
      let output = try eval(["--calibration"], in: scratch)
      #expect(output.status == 65 && output.standardOutput.isEmpty)
      #expect(output.standardError.contains("found.json: [1] holds a score of 2.5"))
      #expect(try eval([], in: scratch).status == 0)
    }

    @Test func brokenFileOfTheOtherRunIsNamed() throws {
      let scratch = try scratch()
      try scratch.write("{}", to: "other.json")
      let output = try eval(["--against", "other.json"], in: scratch)
      #expect(output.status == 65 && output.standardOutput.isEmpty)
      #expect(output.standardError.contains("other.json: is not a JSON list"))
      #expect(try eval(["--against", "none.json"], in: scratch).status == 66)
    }

    @Test func errorsStandInJSONWithTheirCosts() throws {
      // The dog was taken for a cat. AP: cat 1 (its hit comes first), dog 0; mended 1 and 1.
      let report = try document(eval(["--errors", "--json", "-"], in: scratch()))
      let errors = try #require(report["errors"] as? [String: Any])
      let classification = try #require(errors["classification"] as? [String: Any])
      #expect(classification["count"] as? Int == 1 && classification["dAP"] as? Double == 0.5)
      #expect((errors["perClass"] as? [Any])?.count == 2)
    }

    @Test func trainingTruthMustHaveTheSameCategories() throws {
      let scratch = try scratch()
      try scratch.write(Self.truth.replacing("dog", with: "cow"), to: "training.json")
      let output = try eval(["--training-truth", "training.json"], in: scratch)
      #expect(output.status == 65)
      #expect(output.standardError.contains("category 9 is 'cow', but 'dog' in the truth"))
    }

    @Test(arguments: [
      (["--json", "found.json"], "--json and --detections name the same file"),
      (["--json", "./truth.json"], "--json and --truth name"),
      (["--curves", "folder/../found.json"], "--curves and --detections name"),
      (["--curves", "new.json", "--json", "folder/../new.json"], "--curves and --json name"),
      (["--curves", "link.json"], "--curves and --truth name"),
      (["--against", "other.json", "--json", "other.json"], "--json and --against name"),
      (["--curves", "-"], "--curves needs a file's name"), (["--json", ""], "--json is empty"),
    ])
    func noFileIsWrittenOverAnother(options: [String], says: String) throws {
      let scratch = try scratch()
      try scratch.write("[]", to: "other.json")
      let manager = FileManager.default
      try manager.createDirectory(
        atPath: scratch.path + "/folder", withIntermediateDirectories: false)
      try manager.createSymbolicLink(
        atPath: scratch.path + "/link.json", withDestinationPath: "truth.json")
      let before = ["truth.json", "found.json", "other.json"].map(scratch.text)
      let output = try eval(options, in: scratch)
      #expect(output.status == 64 && output.standardOutput.isEmpty)
      #expect(output.standardError.contains(says), "\(output.standardError)")
      #expect(["truth.json", "found.json", "other.json"].map(scratch.text) == before)
      #expect(scratch.bytes("new.json") == nil)
    }

    /// A link stays one, and what is written goes where it leads.
    @Test func linksAreFollowed() throws {
      let scratch = try scratch()
      try scratch.write("", to: "target")
      try FileManager.default.createSymbolicLink(
        atPath: scratch.path + "/link.json", withDestinationPath: "target")
      #expect(try eval(["--json", "link.json"], in: scratch).status == 0)
      #expect(scratch.text("target").contains("AP50"))
    }

    @Test func curvesThatCannotBeWrittenStopItBeforeTheWork() throws {
      let output = try eval(["--curves", "none/curves.json"], in: scratch())
      #expect(output.status == 73 && output.standardOutput.isEmpty)
    }

    @Test func valHasTheSameParts() throws {
      let scratch = try Scratch()
      let report = try document(
        Binary.run(
          [
            "val", "--weights", "shapes", "--data", "data/data.yaml", "--metric-iou", "0.5",
            "--metric-max-detections", "100", "--areas", "any=0-inf", "--confusion", "--voc",
            "--frequencies", "--curves", "curves.json", "--errors", "--calibration",
            "--operating-points", "fppi=1", "--bootstrap", "5", "--json", "-",
          ], in: scratch))
      let overlaps = try #require(report["overlaps"] as? [[String: Any]])
      #expect(overlaps.count == 1 && report["AP"] as? Double == report["AP50"] as? Double)
      let areas = try #require(report["areas"] as? [[String: Any]])
      let precision = try #require(report["AP"] as? Double)
      #expect(areas.compactMap { $0["AP"] as? Double } == [precision, precision])
      let groups = try #require(report["frequencies"] as? [[String: Any]])
      let classes = (report["perClass"] as? [Any])?.count
      #expect(groups.compactMap { $0["classes"] as? Int }.reduce(0, +) == classes)
      for key in [
        "voc", "confusion", "errors", "calibration", "operatingPoints", "bootstrap",
      ] {
        #expect(report[key] != nil, "\(key)")
      }
      #expect(scratch.bytes("curves.json") != nil)
    }

    @Test func benchTimesReadingAndEvaluating() throws {
      let report = try document(
        Binary.run(
          [
            "bench", "eval", "--pictures", "20", "--objects", "60", "--classes", "3",
            "--detections", "10", "--repeats", "2", "--json", "-",
          ], in: Scratch(train: 0)))
      let milliseconds = try #require(report["milliseconds"] as? [String: [String: Double]])
      #expect(Set(milliseconds.keys) == ["read", "evaluate", "total"])
      #expect(report["detections"] as? Int == 200)
      #expect((report["AP"] as? Double ?? 0) > 0)
    }
  }
}
